import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import type { Agent } from "@ossagent/agent"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startTestEngine, type TestEngine } from "./engine/testing.ts"
import { ask, INGEST_KEY, READ_TOKEN, testAgent } from "./testing.ts"

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url))
let engine: TestEngine
let dataDir: string
let child: ChildProcess
let url: string
let printed = ""

/** The collector as a process of its own; on the same port and data as before. */
async function startCollector(port = "0"): Promise<void> {
  child = fork(MAIN, {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: {
      ...process.env,
      OSSAGENT_COLLECTOR_PORT: port,
      OSSAGENT_COLLECTOR_DATA: dataDir,
      OSSAGENT_INGEST_KEYS: `test:${INGEST_KEY}`,
      OSSAGENT_READ_TOKENS: `test:${READ_TOKEN}`,
      OSSAGENT_CLICKHOUSE_URL: engine.url,
      OSSAGENT_CLICKHOUSE_USER: engine.user,
      OSSAGENT_CLICKHOUSE_PASSWORD: engine.password,
      OSSAGENT_CLICKHOUSE_DATABASE: engine.database,
      OSSAGENT_BATCH_MS: "500",
    },
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (part: Buffer) => {
      printed += part
    })
  }
  const [message] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => Promise.reject(new Error(printed))),
  ])) as [{ started: string }]
  url = message.started
}

async function kill(): Promise<void> {
  const ended = once(child, "exit")
  child.kill("SIGKILL")
  await ended
}

const restart = async (): Promise<void> => {
  await kill()
  await startCollector(new URL(url).port)
}

beforeEach(async () => {
  printed = ""
  engine = await startTestEngine()
  dataDir = await mkdtemp(join(tmpdir(), "ossagent-collector-"))
  await startCollector()
})
afterEach(async () => {
  await kill()
  await engine.stop()
})

const totalOf = async (metric: string): Promise<number> => {
  const { series } = await ask(url, "range", {
    metric,
    from: Date.now() - 3_600_000,
    to: Date.now() + 5_000,
    stepSec: 10,
    stats: ["sum"],
  })
  return (series[0]?.values.sum ?? []).reduce<number>((sum, value) => sum + (value ?? 0), 0)
}

async function until(condition: () => Promise<boolean>, what: string, forMs = 30_000): Promise<void> {
  const end = Date.now() + forMs
  for (;;) {
    if (await condition().catch(() => false)) return
    if (Date.now() > end) throw new Error(`${what}: not within ${forMs / 1000} s\n${printed.slice(-2_000)}`)
    await sleep(100)
  }
}

const emptied = (agents: readonly Agent[]) => Promise.all(agents.map((agent) => agent.flush()))

describe("nothing acknowledged, or held by a live agent, is lost or doubled", () => {
  it("the collector is killed ten times under the load of twenty agents", async () => {
    const agents = Array.from({ length: 20 }, (_, i) => testAgent(url, { host: `h${i}`, flushMs: 100 }))
    const counters = agents.map((agent) => agent.counter("load"))
    let sent = 0
    const load = setInterval(() => {
      for (const counter of counters) counter.inc()
      sent += counters.length
    }, 5)
    for (let round = 0; round < 10; round++) {
      await sleep(300 + round * 40)
      await restart()
    }
    clearInterval(load)
    await until(async () => {
      await emptied(agents)
      return (await totalOf("load")) >= sent
    }, "all points arrive")
    expect(await totalOf("load")).toBe(sent)
    await restart()
    expect(await totalOf("load")).toBe(sent)
    await Promise.all(agents.map((agent) => agent.stop()))
  }, 120_000)

  it("ClickHouse is killed under load, and is away for a while", async () => {
    const agent = testAgent(url, { flushMs: 100 })
    const counter = agent.counter("load")
    let sent = 0
    const load = setInterval(() => {
      counter.inc()
      sent++
    }, 2)
    for (let round = 0; round < 4; round++) {
      await sleep(700)
      await engine.restart("SIGKILL")
    }
    clearInterval(load)
    await until(async () => {
      await agent.flush()
      return (await totalOf("load")) >= sent
    }, "all points arrive")
    expect(await totalOf("load")).toBe(sent)
    await agent.stop()
  }, 120_000)

  it("the collector is away: the spool brings all of it, from this process and from one that ended", async () => {
    const spool = await mkdtemp(join(tmpdir(), "ossagent-spool-"))
    await kill()
    const first = testAgent(url, { spool, memoryBytes: 2_000, host: "first" })
    for (let i = 0; i < 30; i++) {
      first.counter("spooled").inc()
      await first.flush()
    }
    await first.stop(200)
    expect(readdirSync(spool).length).toBeGreaterThan(20)
    const second = testAgent(url, { spool, memoryBytes: 2_000, host: "second" })
    second.counter("spooled").inc(5)
    await startCollector(new URL(url).port)
    await until(async () => {
      await second.flush()
      return readdirSync(spool).length === 0
    }, "the spool empties")
    expect(await totalOf("spooled")).toBe(35)
    await second.stop()
  }, 60_000)
})

describe("the log after a crash", () => {
  const segments = () => readdirSync(join(dataDir, "log")).filter((file) => file.endsWith(".log"))

  /** Points that are in the log and not in the store: ClickHouse is away. */
  async function fillLog(frames: number): Promise<Agent> {
    const agent = testAgent(url)
    agent.counter("logged").inc()
    await agent.flush()
    process.kill(engine.pid, "SIGSTOP")
    for (let i = 1; i < frames; i++) {
      agent.counter("logged").inc()
      await agent.flush()
    }
    await kill()
    return agent
  }

  it("a torn last record is cut off, what was acknowledged is there", async () => {
    const agent = await fillLog(5)
    const last = join(dataDir, "log", segments().at(-1) as string)
    writeFileSync(last, Buffer.concat([readFileSync(last), Buffer.from("OSL1\x40\x00\x00\x00half a record")]))
    process.kill(engine.pid, "SIGCONT")
    await startCollector(new URL(url).port)
    await until(async () => (await totalOf("logged")) === 5, "five points")
    expect(printed).toContain("was cut short")
    await agent.stop(0)
  })

  it("a damaged record in the middle is reported and set aside, the others are there", async () => {
    const agent = await fillLog(6)
    const victim = segments()
      .map((file) => join(dataDir, "log", file))
      .find((file) => readFileSync(file).includes("OSF1", 200)) as string
    const bytes = readFileSync(victim)
    const at = bytes.lastIndexOf("OSF1", bytes.length - 60)
    bytes[at + 8] = (bytes[at + 8] as number) ^ 0xff
    const more = bytes.indexOf("OSL1", at) >= 0
    writeFileSync(victim, bytes)
    process.kill(engine.pid, "SIGCONT")
    await startCollector(new URL(url).port)
    await until(async () => (await totalOf("logged")) === 5, "five of six points")
    expect(printed).toContain(more ? "is damaged in its middle" : "was cut short")
    if (more) expect(readdirSync(join(dataDir, "log", "damaged"))).toHaveLength(1)
    await agent.stop(0)
  })
})
