import { type ChildProcess, fork, spawn } from "node:child_process"
import { once } from "node:events"
import { readdirSync, writeFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, it } from "vitest"
import { startTestEngine, type TestEngine } from "./engine/testing.ts"
import { ask, INGEST_KEY, READ_TOKEN } from "./testing.ts"

/** An outage of the collector with real processes on both sides: ten minutes of flushes a second, at ten flushes a second. */
const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url))
const AGENT = new URL("../../agent/dist/index.js", import.meta.url).href
const MEMORY_BYTES = 2_000

let engine: TestEngine
let folder: string
let port = "0"
let collector: ChildProcess

beforeAll(async () => {
  engine = await startTestEngine()
  folder = await mkdtemp(join(tmpdir(), "ossagent-outage-"))
  await startCollector()
})
afterAll(async () => {
  collector.kill("SIGKILL")
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
})

async function startCollector(): Promise<void> {
  collector = fork(MAIN, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...process.env,
      OSSAGENT_LOG: "error",
      OSSAGENT_COLLECTOR_PORT: port,
      OSSAGENT_COLLECTOR_DATA: join(folder, "collector"),
      OSSAGENT_INGEST_KEYS: `test:${INGEST_KEY}`,
      OSSAGENT_READ_TOKENS: `test:${READ_TOKEN}`,
      OSSAGENT_CLICKHOUSE_URL: engine.url,
      OSSAGENT_CLICKHOUSE_PASSWORD: engine.password,
      OSSAGENT_BATCH_MS: "1000",
    },
  })
  const [{ started }] = (await once(collector, "message")) as [{ started: string }]
  port = new URL(started).port
}

interface Writer {
  /** Ends it in order; answers with how many increments it made in its life. */
  stop: () => Promise<number>
}

/** A service of somebody: counts as fast as its loop goes round, in 5 versions, and tells at its end how often it did. */
function startWriter(name: string): Writer {
  const code = `
    import { createAgent } from "${AGENT}"
    const oss = createAgent({
      service: "writer", host: "${name}", collector: "http://127.0.0.1:${port}", key: "${INGEST_KEY}",
      spool: ${JSON.stringify(join(folder, "spool"))}, memoryBytes: ${MEMORY_BYTES}, flushMs: 100, onTrouble: () => {},
    })
    const handles = [1, 2, 3, 4, 5].map((version) => oss.counter("written").with({ version: "v" + version }))
    let written = 0
    const work = setInterval(() => { for (const handle of handles) { handle.inc(); written++ } }, 3)
    process.once("SIGTERM", async () => {
      clearInterval(work)
      await oss.stop(500)
      process.stdout.write(String(written))
    })`
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] })
  let told = ""
  child.stdout.on("data", (part: Buffer) => {
    told += part
  })
  return {
    stop: async () => {
      const ended = once(child, "close")
      child.kill("SIGTERM")
      await ended
      return Number(told)
    },
  }
}

async function total(): Promise<number> {
  const question = { metric: "written", from: Date.now() - 600_000, to: Date.now() + 5_000, stepSec: 10 }
  const { series } = await ask(`http://127.0.0.1:${port}`, "range", { ...question, stats: ["sum"] })
  return (series[0]?.values.sum ?? []).reduce<number>((sum, value) => sum + (value ?? 0), 0)
}

const spooled = (): number => readdirSync(join(folder, "spool")).filter((file) => file.endsWith(".frame")).length

async function until(condition: () => Promise<boolean> | boolean, what: string, forMs = 60_000): Promise<void> {
  const end = Date.now() + forMs
  while (!(await (async () => condition())().catch(() => false))) {
    if (Date.now() > end) throw new Error(`${what}: not within ${forMs / 1000} s`)
    await sleep(100)
  }
}

it("what a service counts while its collector is away, and over its own restart, is counted exactly once in the end", async () => {
  const first = startWriter("first")
  await until(async () => (await total()) > 100, "the first points")
  const gone = once(collector, "exit")
  collector.kill("SIGKILL")
  await gone
  await until(() => spooled() > 100, "a hundred frames on disk")
  const byFirst = await first.stop() // restarted while the collector is away
  const second = startWriter("second")
  const before = spooled()
  await until(() => spooled() > before + 50, "further frames on disk")
  // A side file of a process that was killed while it wrote is nobody's frame.
  writeFileSync(join(folder, "spool", "00001-dead-1-9.frame.part"), "half")
  await startCollector()
  await until(() => spooled() === 0, "the spool empties while the service goes on")
  const bySecond = await second.stop()
  expect(byFirst).toBeGreaterThan(5_000)
  expect(bySecond).toBeGreaterThan(3_000)
  await until(async () => (await total()) >= byFirst + bySecond, "all increments")
  expect(await total()).toBe(byFirst + bySecond)
  await sleep(1_500) // stored by now: counted from the tables, and still once
  expect(await total()).toBe(byFirst + bySecond)
}, 180_000)
