import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { readSecrets } from "./secrets.ts"

let data: string
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "ossagent-secrets-"))
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

test("secrets are made once, and for their owner's eyes only", () => {
  const { secrets, path } = readSecrets(data)
  expect(readSecrets(data).secrets).toEqual(secrets)
  expect(statSync(path).mode & 0o077).toBe(0)
})

test("what a newer version needs is added to those of an older one, which stay", () => {
  const { secrets, path } = readSecrets(data)
  const { rpcToken: _, ...older } = secrets
  writeFileSync(path, JSON.stringify(older))
  const upgraded = readSecrets(data).secrets
  expect(upgraded).toMatchObject(older)
  expect(upgraded.rpcToken).not.toBe(secrets.rpcToken)
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(upgraded)
})

test("a file that is no JSON, or has a secret that is none, is named and left as it is", () => {
  const { path } = readSecrets(data)
  for (const text of ["{", '{"ingestKey":"short"}']) {
    writeFileSync(path, text)
    expect(() => readSecrets(data)).toThrow(`cannot read ${path}`)
    expect(readFileSync(path, "utf8")).toBe(text)
  }
})
