import { execFile } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
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
function run(code: string, env: Record<string, string> = {}) {
  const all = {
    OSSAGENT_SERVICE: "host",
    OSSAGENT_COLLECTOR: stub.url,
    OSSAGENT_KEY: "k",
    OSSAGENT_SPOOL_DIR: spool,
    ...env,
  }
  const options = { cwd: fileURLToPath(new URL("..", import.meta.url)), env: all, timeout: 30_000 }
  return new Promise<{ code: unknown; signal: unknown; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, ["--import", REGISTER, "-e", code], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
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
