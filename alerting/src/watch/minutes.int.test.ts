import { createAgent } from "@ossagent/agent"
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import type { Rule } from "@ossagent/wire"
import { pino } from "pino"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { Batch } from "../alarm/condition.ts"
import { migrate } from "../database/migrate.ts"
import { type OpenDatabase, openDatabase } from "../database/open.ts"
import { BUILT_IN } from "../rule/builtin.ts"
import { createTestDatabase, startTestCollector, type TestCollector } from "../testing.ts"
import { createCollector } from "./collector.ts"
import { createHistoryStore } from "./history-store.ts"
import { createMinutes, type Minutes } from "./minutes.ts"

const log = pino({ level: "silent" })
const agent = createAgent({
  service: "test",
  collector: "http://127.0.0.1:9",
  key: "unset-unset-unset-unset",
  spool: false,
})
const rules: Rule[] = [{ ...BUILT_IN.history, id: "3", builtIn: true, updatedAt: 0, updatedBy: "" }]
const MINUTE = 60_000
const START = 1_700_000_040_000
const FALL = START + 180 * MINUTE

let postgres: RunningPostgres
let collector: TestCollector
const opened: OpenDatabase[] = []

beforeAll(async () => {
  postgres = await startTestPostgres()
  collector = await startTestCollector()
  const base = { service: "shop", subsystem: "checkout", version: "1", unit: "", values: {} }
  collector.series = [
    {
      ...base,
      metric: "order.paid",
      kind: "counter",
      valuesAt: (to) => ({ rate: to > FALL ? 0.5 : 5 + Math.sin(to / 9e5) }),
    },
    { ...base, metric: "process.cpu", kind: "gauge", valuesAt: (to) => ({ avg: 0.2 + 0.01 * Math.sin(to / 7e4) }) },
  ]
})
afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()))
  await agent.stop(0)
  await collector.stop()
  await postgres.stop()
})

async function openWatch(databaseUrl: string, batches: Batch[]): Promise<Minutes> {
  const database = openDatabase({ url: databaseUrl, onFault: () => undefined })
  opened.push(database)
  await migrate(database.pool)
  const minutes = createMinutes({
    collector: createCollector({ url: collector.url, token: "read" }),
    store: createHistoryStore(database.db),
    judge: async (batch) => void batches.push(batch),
    readOpen: async () => new Set(),
    maxSeries: 100,
    clock: Date.now,
    log,
    agent,
  })
  await minutes.restore()
  return minutes
}

const turnTo = async (minutes: Minutes, from: number, to: number) => {
  for (let m = from; m < to; m++) await minutes.turn(rules, START + (m + 1) * MINUTE + 4_000)
}
const toBad = (batches: readonly Batch[]) =>
  batches.flatMap(({ conditions, at }) =>
    conditions
      .filter(({ verdict }) => verdict === "bad")
      .map(({ metric, score, expected }) => ({ at, metric, score, expected })),
  )

test("a fall is found in its first minute, and a crash with minutes missed gives the same answers as none", async () => {
  const whole: Batch[] = []
  await turnTo(await openWatch(await createTestDatabase(postgres.url, "whole"), whole), 0, 190)
  const bad = toBad(whole)
  expect(bad[0]).toMatchObject({ at: FALL + MINUTE + 4_000, metric: "order.paid" })
  expect(bad.every(({ metric }) => metric === "order.paid")).toBe(true)

  const parted: Batch[] = []
  const url = await createTestDatabase(postgres.url, "parted")
  await turnTo(await openWatch(url, parted), 0, 171) // no stop: as if killed
  await turnTo(await openWatch(url, parted), 178, 190)
  expect(toBad(parted)).toEqual(bad)
})

test("a verdict is not lost when the database is away while it is written", async () => {
  const batches: Batch[] = []
  const database = openDatabase({ url: await createTestDatabase(postgres.url, "away"), onFault: () => undefined })
  opened.push(database)
  await migrate(database.pool)
  let away = false
  const minutes = createMinutes({
    collector: createCollector({ url: collector.url, token: "read" }),
    store: createHistoryStore(database.db),
    judge: async (batch) => {
      if (away) throw new Error("away")
      batches.push(batch)
    },
    readOpen: async () => new Set(),
    maxSeries: 100,
    clock: Date.now,
    log,
    agent,
  })
  await turnTo(minutes, 0, 180)
  away = true
  await expect(turnTo(minutes, 180, 181)).rejects.toThrow("away")
  away = false
  await minutes.turn(rules, FALL + MINUTE + 9_000)
  expect(toBad(batches)).toMatchObject([{ metric: "order.paid" }])
})
