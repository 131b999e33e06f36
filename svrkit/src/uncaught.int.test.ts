import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { decodeFrame, type FrameException, SECTION } from "@ossagent/wire"
import { afterAll, beforeAll, expect, it } from "vitest"

const INDEX = fileURLToPath(new URL("../dist/index.js", import.meta.url))
let directory: string
let sink: Server
const told: FrameException[] = []

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ossagent-uncaught-"))
  sink = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      for (const { type, body } of decodeFrame(Buffer.concat(chunks)).sections)
        if (type === SECTION.exceptions) told.push(...JSON.parse(Buffer.from(body).toString()).items)
      response.end(JSON.stringify({ accepted: 1, now: Date.now() }))
    })
  }).listen(0, "127.0.0.1")
  await once(sink, "listening")
})
afterAll(async () => {
  sink.close()
  await rm(directory, { recursive: true })
})

it.each([
  ["an error that nobody caught", "throw new RangeError('too far')"],
  ["a rejection that nobody handled", "void Promise.reject(new RangeError('too far'))"],
])("a service ends for %s, and has reported it once", async (_name, fault) => {
  told.length = 0
  const main = join(directory, "main.mjs")
  await writeFile(
    main,
    `import { defineService } from ${JSON.stringify(INDEX)}
await defineService({
  name: "shop",
  config: {},
  door: () => ({ port: 0, credentials: [] }),
  start: () => void setTimeout(() => { ${fault} }, 200),
}).run()`,
  )
  const child = fork(main, {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      PATH: process.env.PATH ?? "",
      OSSAGENT_KEY: "0123456789abcdef",
      OSSAGENT_COLLECTOR: `http://127.0.0.1:${(sink.address() as AddressInfo).port}`,
      OSSAGENT_VERSION: "8.0.2",
      OSSAGENT_SPOOL_DIR: join(directory, "spool"),
    },
  })
  expect(await once(child, "exit")).toEqual([1, null])
  expect(told).toMatchObject([{ type: "RangeError", message: "too far", version: "8.0.2", count: 1 }])
  expect(told[0]?.place).toMatch(/main\.mjs:6$/)
})
