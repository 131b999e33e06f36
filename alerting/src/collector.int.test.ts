import { type ChildProcess, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import {
  createPointGroup,
  encodeFrame,
  encodeNames,
  encodePoints,
  type FrameSection,
  type NewRule,
  SECTION,
  type Series,
} from "@ossagent/wire"
import { afterAll, beforeAll, expect, test } from "vitest"
import { backtest } from "./backtest/backtest.ts"
import { findCulprit } from "./culprit/culprit.ts"
import { BUILT_IN } from "./rule/builtin.ts"
import { type Collector, createCollector } from "./watch/collector.ts"

/** What is asked of the collector beyond the watch's looks, of a real one: processes of their own, met over the network. */
const INGEST_KEY = "test-ingest-key-0123"
const READ_TOKEN = "test-read-token-0123"
const PASSWORD = "test-password-0123456"
const children: ChildProcess[] = []
let home: string
let url: string
let collector: Collector
const now = Math.floor(Date.now() / 10_000) * 10_000
const STARTED = now - 120_000

async function start(main: string, env: Record<string, string>): Promise<string> {
  const child = fork(fileURLToPath(new URL(`../../collector/dist/${main}`, import.meta.url)), {
    env: { PATH: process.env.PATH, ...env } as never,
    execArgv: [],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  })
  children.push(child)
  return new Promise((resolve, reject) => {
    child.once("exit", () => reject(new Error(`cannot start ${main}`)))
    child.on("message", ({ engine, started }: { engine?: string; started?: string }) => {
      const at = main.startsWith("engine") ? engine : started
      if (at !== undefined) resolve(at)
    })
  })
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "ossagent-alerting-collector-"))
  const engine = await start("engine/start.cjs", {
    OSSAGENT_CLICKHOUSE_PORT: "0",
    OSSAGENT_CLICKHOUSE_DATA: join(home, "clickhouse"),
    OSSAGENT_CLICKHOUSE_PASSWORD: PASSWORD,
  })
  url = await start("main.js", {
    OSSAGENT_CLICKHOUSE_URL: engine,
    OSSAGENT_CLICKHOUSE_PASSWORD: PASSWORD,
    OSSAGENT_COLLECTOR_PORT: "0",
    OSSAGENT_COLLECTOR_DATA: join(home, "collector"),
    OSSAGENT_INGEST_KEYS: `test:${INGEST_KEY}`,
    OSSAGENT_READ_TOKENS: `test:${READ_TOKEN}`,
  })
  collector = createCollector({ url, token: READ_TOKEN })
  await sendErrors()
})
afterAll(async () => {
  for (const child of children.reverse()) {
    const ended = once(child, "exit")
    child.kill("SIGTERM")
    await ended
  }
  await rm(home, { recursive: true, force: true })
})

const base = { service: "shop", subsystem: "checkout", metric: "order.failed", kind: "counter", unit: "" } as const

/** Twenty minutes of errors of two versions on two hosts: since the alarm began, those of 8.0.2 in one region are ten times as many. */
async function sendErrors(): Promise<void> {
  const all = ["8.0.1", "8.0.2"].flatMap((version) =>
    ["web-1", "web-2"].flatMap((host) =>
      ["eu", "us"].map((region): Series => ({ ...base, version, host, labels: { region } })),
    ),
  )
  const sections: FrameSection[] = [
    { type: SECTION.names, body: encodeNames(all.map((series, i) => ({ id: i + 1, series }))) },
  ]
  for (let at = now - 1_200_000; at < now; at += 10_000) {
    const group = createPointGroup("counter", all.length)
    all.forEach(({ version, labels }, i) => {
      const bad = at >= STARTED && version === "8.0.2" && labels.region === "eu"
      group.ids[i] = i + 1
      group.sum[i] = bad ? 50 : 5
    })
    group.length = all.length
    sections.push({ type: SECTION.points, body: encodePoints(at / 1_000, [group]) })
  }
  const header = { agent: randomBytes(16).toString("hex"), epoch: 1, sequence: 1, selfContained: true }
  const answer = await fetch(`${url}/v1/frames`, {
    method: "POST",
    headers: { authorization: `Bearer ${INGEST_KEY}`, "content-type": "application/x-ossagent-frame" },
    body: Buffer.from(encodeFrame(header, sections)),
  })
  expect(await answer.json()).toMatchObject({ accepted: 120 * all.length })
}

test("the culprit is found by version and by label, and not by what goes along", async () => {
  const alarm = { metric: "order.failed", stat: "rate", detection: "history", startedAt: STARTED } as const
  const faults: string[] = []
  const options = { onFault: (error: Error): void => void faults.push(error.message), timeoutMs: 20_000 }
  const found = await findCulprit(
    collector,
    { ...alarm, group: { service: "shop", subsystem: "checkout" } },
    now,
    options,
  )
  expect(found).toMatchObject({ explains: 1 })
  expect([found?.text].join().split("; ").sort()).toEqual([
    "region eu explains all of the rise",
    "version 8.0.2 explains all of the rise",
  ])
  const one = await findCulprit(collector, { ...alarm, group: { service: "shop", version: "8.0.2" } }, now, options)
  expect(one).toMatchObject({ dim: "label.region", values: ["eu"] })
  const none = { ...alarm, group: { service: "shop", version: "8.0.1" } }
  expect(await findCulprit(collector, none, now, options)).toBe(null)
  expect(faults).toEqual([])
})

test("a back-test finds the rise where it is, and says what it cannot replay", async () => {
  const rule: NewRule = {
    ...BUILT_IN.httpLatency,
    ...{ metric: "order.failed", stat: "sum", split: ["version"], windowSec: 60, forSec: 0, keepFiringSec: 60 },
    threshold: { op: ">", value: 200 },
  }
  const run = (asked: NewRule) =>
    backtest({ collector, now: () => now, limitMs: 20_000 }, { rule: asked, from: now - 1_140_000, to: now })
  const answer = await run(rule)
  expect(answer).toMatchObject({ complete: true, groups: 2, stepSec: 60 })
  expect(answer.fired).toHaveLength(1)
  expect(answer.fired[0]).toMatchObject({ group: { version: "8.0.2" }, to: null })
  expect(answer.fired[0]?.from).toBeGreaterThan(STARTED)
  expect(answer.fired[0]?.from).toBeLessThanOrEqual(STARTED + 120_000)
  await expect(run({ ...rule, metric: "nobody.emits.it" })).rejects.toMatchObject({ code: "cannot_replay" })
})
