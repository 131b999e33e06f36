import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, test } from "vitest"

const ROOT = fileURLToPath(new URL("../../", import.meta.url))
const directory = mkdtempSync(join(tmpdir(), "ossagent-package-"))
const npm = (...args: string[]): string =>
  execFileSync("npm", args, { cwd: directory, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
let packed: { filename: string; files: { path: string }[] }[]

beforeAll(() => {
  packed = ["wire", "agent"].flatMap((name) =>
    JSON.parse(npm("pack", "--json", "--ignore-scripts", "--pack-destination", directory, join(ROOT, name))),
  )
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "host", private: true }))
  npm("install", "--offline", "--no-audit", "--no-fund", ...packed.map(({ filename }) => join(directory, filename)))
}, 120_000)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test("the tarballs hold the built code, its types, a README and the manifest, and no tests", () => {
  for (const { files } of packed) {
    const paths = files.map(({ path }) => path)
    expect(paths).toContain("package.json")
    expect(paths).toContain("README.md")
    expect(paths).toContain("dist/index.js")
    expect(paths).toContain("dist/index.d.ts")
    const others = paths.filter((path) => !/^(package\.json|README\.md|dist\/[\w/-]+\.(js|d\.ts))$/.test(path))
    expect(others).toEqual([])
  }
})

test("nothing but the two packages is installed", () => {
  expect(readdirSync(join(directory, "node_modules", "@ossagent")).sort()).toEqual(["agent", "wire"])
  expect(readdirSync(join(directory, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["@ossagent"])
})

const USE =
  "createAgent({ service: 's', collector: 'http://127.0.0.1:1', key: 'k', spool: false }).counter('c').inc(); console.log('ok')"

test.each([
  ["import", "module", `import { createAgent } from '@ossagent/agent'; ${USE}`],
  ["require", "commonjs", `const { createAgent } = require('@ossagent/agent'); ${USE}`],
])("an installed agent works by %s", (_how, type, code) => {
  const args = ["--no-warnings", `--input-type=${type}`, "-e", code]
  expect(execFileSync(process.execPath, args, { cwd: directory, encoding: "utf8" })).toBe("ok\n")
})

test.each(["--import", "--require"])("an installed agent registers by %s", (how) => {
  const env = {
    OSSAGENT_SERVICE: "s",
    OSSAGENT_COLLECTOR: "http://127.0.0.1:1",
    OSSAGENT_KEY: "k",
    OSSAGENT_SPOOL_DIR: "off",
  }
  const args = ["--no-warnings", how, "@ossagent/agent/register", "-e", "console.log('ok')"]
  expect(execFileSync(process.execPath, args, { cwd: directory, env, encoding: "utf8", stdio: "pipe" })).toBe("ok\n")
})
