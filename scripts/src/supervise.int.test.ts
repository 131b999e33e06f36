import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { createAgent } from "@ossagent/agent"
import type { RangeAnswer } from "@ossagent/wire"
import { afterAll, expect, test } from "vitest"
import { parseLaunchConfig } from "./config.ts"
import { readSecrets } from "./secrets.ts"
import { servicesOf } from "./services.ts"
import { type Supervised, supervise } from "./supervise.ts"

const dataDir = mkdtempSync(join(tmpdir(), "ossagent-supervise-"))
const running: Supervised[] = []
afterAll(async () => {
  for (const one of running.reverse()) await one.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once("error", () => resolve(false))
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)))
  })

/** A port whose next three are free as well. */
async function freePort(): Promise<number> {
  for (;;) {
    const probe = createServer().listen(0, "127.0.0.1")
    await once(probe, "listening")
    const { port } = probe.address() as { port: number }
    probe.close()
    const free = await Promise.all([1, 2, 3].map((n) => isFree(port + n)))
    if (port < 60_000 && free.every(Boolean)) return port
  }
}

test("ClickHouse and the collector, killed again and again under load, are started again and nothing is lost or doubled", async () => {
  const config = parseLaunchConfig({ OSSAGENT_PORT: String(await freePort()), OSSAGENT_DATA: dataDir })
  const { secrets } = readSecrets(dataDir)
  const specs = servicesOf(config, secrets, {}).filter(({ name }) => name === "clickhouse" || name === "collector")
  const env = { PATH: process.env.PATH, OSSAGENT_LOG: "error", OSSAGENT_BATCH_MS: "500" }
  for (const spec of specs) running.push(supervise(spec, env, () => null))
  await Promise.all(running.map(({ started }) => started))
  const [clickhouse, collector] = running as [Supervised, Supervised]
  const url = `http://127.0.0.1:${config.port + 1}`
  const agent = createAgent({
    service: "load",
    collector: url,
    key: secrets.ingestKey,
    spool: join(dataDir, "spool/load"),
    builtIn: false,
    flushMs: 100,
    onTrouble: () => undefined,
  })
  const counter = agent.counter("load")
  let sent = 0
  const load = setInterval(() => {
    counter.inc()
    sent++
  }, 2)
  const killed = new Set<number | undefined>()
  for (const victim of [clickhouse, clickhouse, collector, clickhouse]) {
    await sleep(1_000)
    const pid = victim.pid() as number
    killed.add(pid)
    process.kill(pid, "SIGKILL")
    while (victim.pid() === pid) await sleep(20)
  }
  await sleep(1_000)
  clearInterval(load)
  const total = async (): Promise<number> => {
    const question = { metric: "load", from: Date.now() - 300_000, to: Date.now() + 5_000, stepSec: 10, stats: ["sum"] }
    const response = await fetch(`${url}/v1/report/range`, {
      method: "POST",
      headers: { authorization: `Bearer ${secrets.readToken}`, "content-type": "application/json" },
      body: JSON.stringify(question),
    })
    const { series } = (await response.json()) as RangeAnswer
    return (series[0]?.values.sum ?? []).reduce<number>((sum, value) => sum + (value ?? 0), 0)
  }
  const end = Date.now() + 60_000
  while (Date.now() < end && (await total().catch(() => 0)) < sent) {
    await agent.flush()
    await sleep(200)
  }
  expect(await total()).toBe(sent)
  while (!(await fetch(`${url}/readyz`)).ok && Date.now() < end) await sleep(100)
  await sleep(2_000) // by now it is in the tables
  expect(await total()).toBe(sent)
  expect(killed.size).toBe(4)
  expect(killed).not.toContain(clickhouse.pid())
  await agent.stop()
}, 150_000)
