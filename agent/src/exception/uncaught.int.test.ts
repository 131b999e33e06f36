import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { FrameException } from "@ossagent/wire"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startStub } from "../collector.test-stub.ts"

const INDEX = new URL("../../dist/index.js", import.meta.url).href
let stub: Awaited<ReturnType<typeof startStub>>
let spool: string

beforeEach(async () => {
  stub = await startStub()
  spool = mkdtempSync(join(tmpdir(), "ossagent-uncaught-"))
})
afterEach(async () => {
  await stub.close()
  rmSync(spool, { recursive: true, force: true })
})

interface Ended {
  code: unknown
  stdout: string
  stderr: string
}

function run(code: string, flags: readonly string[] = []): Promise<Ended> {
  const options = { cwd: fileURLToPath(new URL("../..", import.meta.url)), timeout: 30_000 }
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...flags, "--input-type=module", "-e", code],
      options,
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}

const withAgent = (): string => `
  import { createAgent } from "${INDEX}"
  const oss = createAgent({ service: "s", collector: "${stub.url}", key: "k", spool: "${spool}", onTrouble: () => {} })`

/** Each frame counts once, as in the collector: one whose answer the end of the process cut off is sent again from the spool. */
const reported = (): FrameException[] => {
  const seen = new Set<string>()
  const once = stub.frames.filter(({ header: { agent, epoch, sequence } }) => {
    const key = `${agent} ${epoch} ${sequence}`
    const first = !seen.has(key)
    seen.add(key)
    return first
  })
  return once.flatMap(({ items }) => items.flatMap((one) => one.items as FrameException[]))
}

/** What a host did without an agent and with one. */
async function runBoth(code: string, flags: readonly string[] = []): Promise<{ without: Ended; with: Ended }> {
  const without = await run(code, flags)
  const withIt = await run(`${withAgent()}\n${code}`, flags)
  await run(`${withAgent()}\nawait oss.flush()`) // brings what the crash left in the spool
  return { without, with: withIt }
}

const REJECT = `const late = async () => { throw new RangeError("too far") }
  setTimeout(() => void late(), 50)`

test.each([
  ["an uncaught error", "setTimeout(() => { throw new RangeError('too far') }, 50)", [], 1],
  ["an unhandled rejection", REJECT, [], 1],
  ["a rejection with a plain value", "setTimeout(() => Promise.reject('too far'), 50)", [], 1],
  ["a rejection that is only warned of", `${REJECT}; setTimeout(() => {}, 100)`, ["--unhandled-rejections=warn"], 0],
  ["a rejection under strict", REJECT, ["--unhandled-rejections=strict"], 1],
])("%s is reported once, and the process ends as it would have", async (_name, code, flags, exit) => {
  const { without, with: ended } = await runBoth(code, flags)
  expect([without.code, ended.code]).toEqual([exit, exit])
  expect(ended.stderr).toContain("too far")
  expect(reported().map(({ message, count }) => [message, count])).toEqual([["too far", 1]])
})

test("a host that handles them itself goes on as ever, and they are reported", async () => {
  const host = `
    process.on("uncaughtException", (error) => console.log("host", error.message, process.listenerCount("unhandledRejection")))
    process.on("unhandledRejection", (reason) => console.log("host", reason.message))
    setTimeout(() => { throw new Error("one") }, 20)
    setTimeout(() => Promise.reject(new Error("two")), 40)
    setTimeout(() => console.log("end"), 100)`
  const { without, with: ended } = await runBoth(host)
  expect(ended).toEqual(without)
  expect(ended.stdout).toBe("host one 1\nhost two\nend\n")
  expect(reported().map(({ message, count }) => [message, count])).toEqual([
    ["one", 1],
    ["two", 1],
  ])
})
