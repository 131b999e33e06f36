import { pino } from "pino"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { F } from "../detect/state.ts"
import { startTestCollector, type TestCollector } from "../testing.ts"
import { createCollector } from "./collector.ts"
import { createHistoryWatch, type HistoryWatch, learnMinute } from "./history.ts"
import { HISTORY_STATS } from "./series.ts"
import { warmSome } from "./warm.ts"

const log = pino({ level: "silent" })
const MINUTE = 60
const NOW = 1_700_006_400
/** When the service was first started. */
const BORN = NOW - 2 * 86_400

let collector: TestCollector

beforeAll(async () => {
  collector = await startTestCollector()
})
afterAll(() => collector.stop())
beforeEach(() => {
  collector.broken = false
  collector.asked = []
  const base = { service: "shop", subsystem: "checkout", version: "1", unit: "", values: {} }
  const since = (born: number, values: object) => (to: number) => (to / 1000 > born ? values : null)
  collector.series = [
    { ...base, metric: "agent.waiting.memory", kind: "gauge", valuesAt: since(BORN, { last: 0, avg: 0 }) },
    { ...base, metric: "process.cpu", kind: "gauge", valuesAt: since(BORN, { avg: 0.2 }) },
    {
      ...base,
      metric: "order.paid",
      kind: "counter",
      valuesAt: (to) => (to / 1000 > BORN && (to / 60_000) % 10 === 0 ? { rate: 0.5 } : null),
    },
  ]
})

const client = () => createCollector({ url: collector.url, token: "read" })

async function learn(watch: HistoryWatch, minute: number): Promise<number> {
  const answer = await client().ask("latest", {
    split: ["service", "subsystem", "version"],
    windowSec: MINUTE,
    to: (minute + MINUTE) * 1000,
    stats: HISTORY_STATS,
  })
  learnMinute(watch, minute, answer, () => 0.99)
  return warmSome({ collector: client(), log }, watch, minute)
}

const seenOf = (watch: HistoryWatch, metric: string) => {
  const found = [...watch.series.values()].find((watched) => watched.metric === metric)
  return found && { seen: found.state.numbers[F.seen], lastT: found.state.numbers[F.lastT], dirty: found.dirty }
}

test("a new series learns what is stored of it, up to the minute that it has seen, and only once", async () => {
  const watch = createHistoryWatch(100)
  expect(await learn(watch, NOW)).toBe(2)
  expect(seenOf(watch, "process.cpu")).toEqual({ seen: 2_881, lastT: NOW, dirty: true })
  const asked = collector.asked.length
  await learn(watch, NOW + MINUTE)
  expect(seenOf(watch, "process.cpu")).toEqual({ seen: 2_882, lastT: NOW + MINUTE, dirty: true })
  expect(collector.asked.length).toBe(asked + 1)
})

test("a counter's silent minutes are zero while its service lived, and nothing before", async () => {
  const watch = createHistoryWatch(100)
  await learn(watch, NOW - MINUTE)
  expect(watch.series.size).toBe(3)
  expect(seenOf(watch, "order.paid")).toEqual({ seen: 2_880, lastT: NOW - MINUTE, dirty: true })
})

test("a collector that does not answer leaves the series cold: it learns as it goes and asks again", async () => {
  const watch = createHistoryWatch(100)
  await learn(watch, NOW)
  const cold = createHistoryWatch(100)
  const answer = await client().ask("latest", { windowSec: MINUTE, to: (NOW + MINUTE) * 1000, stats: HISTORY_STATS })
  learnMinute(cold, NOW, answer, () => 0.99)
  collector.broken = true
  expect(await warmSome({ collector: client(), log }, cold, NOW)).toBe(0)
  expect(seenOf(cold, "process.cpu")?.seen).toBe(1)
  collector.broken = false
  expect(await warmSome({ collector: client(), log }, cold, NOW)).toBeGreaterThan(0)
  expect(seenOf(cold, "process.cpu")?.seen).toBe(2_881)
})
