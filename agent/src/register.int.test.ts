import { execFile } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startStub } from "./collector.test-stub.ts"

const REGISTER = new URL("../dist/register.js", import.meta.url).href
let stub: Awaited<ReturnType<typeof startStub>>
let spool: string

beforeEach(async () => {
  stub = await startStub()
  spool = mkdtempSync(join(tmpdir(), "ossagent-register-"))
})
afterEach(async () => {
  await stub.close()
  rmSync(spool, { recursive: true, force: true })
})

/** Runs a host's code under `--import @ossagent/agent/register`, as built. */
function run(code: string, env: Record<string, string> = {}, how: "--import" | "--require" = "--import") {
  const all = {
    OSSAGENT_SERVICE: "host",
    OSSAGENT_COLLECTOR: stub.url,
    OSSAGENT_KEY: "k",
    OSSAGENT_SPOOL_DIR: spool,
    ...env,
  }
  const options = { cwd: fileURLToPath(new URL("..", import.meta.url)), env: all, timeout: 30_000 }
  return new Promise<{ code: unknown; signal: unknown; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [how, how === "--import" ? REGISTER : fileURLToPath(REGISTER), "-e", code],
      options,
      (_error, stdout, stderr) => resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
    )
  })
}

const metrics = (): string[] => stub.frames.flatMap(({ named }) => named.map(({ series }) => series.metric))

test("a host that comes to its end is reported, and ends as it would", async () => {
  const ended = await run("setTimeout(() => console.log('done'), 100)")
  expect(ended).toMatchObject({ code: 0, stdout: "done\n", stderr: "" })
  expect(metrics()).toContain("process.cpu")
  expect(readdirSync(spool)).toEqual([])
})

test("without the variables it says so in a line, and the host runs", async () => {
  const ended = await run("console.log('done')", { OSSAGENT_SERVICE: "", OSSAGENT_KEY: "" })
  expect(ended).toMatchObject({ code: 0, stdout: "done\n" })
  expect(ended.stderr).toBe(
    "ossagent: cannot start: OSSAGENT_SERVICE, OSSAGENT_KEY not set; this process runs without it\n",
  )
})

test("an uncaught exception ends the host as ever, and is spooled", async () => {
  const ended = await run("setTimeout(() => { throw new RangeError('too far') }, 50)")
  expect(ended.code).toBe(1)
  expect(ended.stderr).toContain("RangeError: too far")
  expect(readdirSync(spool)).toHaveLength(1)
  await run("setTimeout(() => {}, 50)")
  const items = stub.frames.flatMap((frame) => frame.items.flatMap((one) => one.items))
  expect(items).toMatchObject([{ type: "RangeError", message: "too far" }])
})

test("process.exit keeps its code, and nothing is lost", async () => {
  expect(await run("setTimeout(() => process.exit(7), 50)")).toMatchObject({ code: 7 })
  expect(readdirSync(spool)).toHaveLength(1)
})

test("SIGTERM ends a host that does not listen to it, after the last flush", async () => {
  const ended = await run("setInterval(() => {}, 1000); setTimeout(() => process.kill(process.pid, 'SIGTERM'), 50)")
  expect(ended.signal).toBe("SIGTERM")
  expect(metrics()).toContain("process.cpu")
})

test("a host that listens to SIGTERM decides itself", async () => {
  const host =
    "const t = setInterval(() => {}, 1000); process.on('SIGTERM', () => setTimeout(() => clearInterval(t), 100))"
  const ended = await run(`${host}; setTimeout(() => process.kill(process.pid, 'SIGTERM'), 50)`)
  expect(ended).toMatchObject({ code: 0, signal: null })
  expect(metrics()).toContain("process.cpu")
})

test("it registers by --require too", async () => {
  const ended = await run("setTimeout(() => console.log('done'), 100)", { NODE_NO_WARNINGS: "1" }, "--require")
  expect(ended).toMatchObject({ code: 0, stdout: "done\n", stderr: "" })
  expect(metrics()).toContain("process.cpu")
})

test("worker threads and forks have an agent each, and nothing of any is lost", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ossagent-fork-"))
  const file = join(folder, "work.cjs")
  writeFileSync(file, "setTimeout(() => {}, 200)")
  const ended = await run(`
    const { Worker } = require("node:worker_threads")
    for (let i = 0; i < 3; i++) new Worker("${file}")
    require("node:child_process").fork("${file}", [], { execArgv: process.execArgv.slice(0, 2) })`)
  expect(ended).toMatchObject({ code: 0, stderr: "" })
  if (readdirSync(spool).length > 0) await run("setTimeout(() => {}, 100)") // brings what threads left at their end
  expect(new Set(stub.frames.map(({ header }) => header.agent)).size).toBeGreaterThanOrEqual(5)
  expect(readdirSync(spool)).toEqual([])
  rmSync(folder, { recursive: true })
})

const INDEX = new URL("../dist/index.js", import.meta.url).href
const host = (collector: string, more = "") => `
  import { createAgent } from "${INDEX}"
  const oss = createAgent({ service: "s", collector: "${collector}", key: "k", flushMs: 100, onTrouble: () => {}, spool: false })
  oss.counter("c").inc()
  ${more}`
const runModule = (code: string) =>
  new Promise<{ code: unknown; ms: number; stderr: string }>((resolve) => {
    const from = Date.now()
    const child = execFile(
      process.execPath,
      ["--input-type=module", "-e", code],
      { timeout: 30_000 },
      (_e, _out, stderr) => resolve({ code: child.exitCode, ms: Date.now() - from, stderr }),
    )
  })

test("an agent never keeps its host alive, though its collector takes connections and never answers", async () => {
  const hanging = createServer(() => undefined).listen(0, "127.0.0.1")
  await once(hanging, "listening")
  const { port } = hanging.address() as AddressInfo
  const ended = await runModule(host(`http://127.0.0.1:${port}`, "await new Promise((r) => setTimeout(r, 500))"))
  expect(ended.code).toBe(0)
  expect(ended.ms).toBeLessThan(8_000) // a request of the agent's would hold it for 10 s
  hanging.closeAllConnections()
  hanging.close()
})

test("a flush that the host waits for is waited for", async () => {
  expect((await runModule(host(stub.url, "await oss.flush(); console.log('flushed')"))).code).toBe(0)
  expect(stub.sums().c).toBe(1)
})

test.skipIf(process.getuid?.() !== 0)(
  "a user without an entry in the system, as in many containers, can have an agent",
  async () => {
    const ended = await runModule(
      `process.setuid(54_321)\n${host(stub.url, "")
        .replace(", spool: false", "")
        .replace(/^\s*import .*$/m, "")
        .replace("createAgent(", `(await import("${INDEX}")).createAgent(`)}\nawait oss.stop()`,
    )
    expect(ended).toMatchObject({ code: 0, stderr: "" })
    expect(stub.sums().c).toBe(1)
  },
)
