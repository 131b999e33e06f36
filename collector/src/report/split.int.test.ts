import { bucketOf, createPointGroup, KINDS, type Kind, type RangeAnswer, type Stat } from "@ossagent/wire"
import fc from "fast-check"
import { pino } from "pino"
import { afterAll, beforeAll, expect, it } from "vitest"
import { startTestEngine, type TestEngine } from "../engine/testing.ts"
import { Batch } from "../head/batch.ts"
import { Registry } from "../head/registry.ts"
import { HOUR_MS, MINUTE_MS, rolledBefore } from "../head/rollup-time.ts"
import { createStore, type Store } from "../table/client.ts"
import { migrate } from "../table/migrate.ts"
import { createTables, storeBatch } from "../table/store-batch.ts"
import { RANGE } from "./question.ts"
import { range } from "./range.ts"

let engine: TestEngine
let store: Store
beforeAll(async () => {
  engine = await startTestEngine()
  store = createStore({ ...engine, maxExecutionSec: 30, maxMemoryBytes: 1e9, maxRowsToRead: 1e9 })
  await migrate(store, pino({ level: "silent" }))
})
afterAll(async () => {
  await store?.close()
  await engine?.stop()
})

/** Whole hours, an hour and a half of points, all within the raw table's day. */
const START = Math.floor(Date.now() / 3_600_000) * 3_600 - 3 * 3_600
const LENGTH = 5_400

interface Point {
  series: number
  kind: Kind
  second: number
  value: number
  /** Seconds between the point's second and its arrival. */
  delay: number
}

const POINTS = fc.array(
  fc.record({
    series: fc.integer({ min: 0, max: 3 }),
    kind: fc.constantFrom(...KINDS),
    second: fc.integer({ min: START, max: START + LENGTH - 1 }),
    value: fc.integer({ min: 0, max: 1_000 }),
    delay: fc.oneof(
      { weight: 4, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.integer({ min: 2, max: 4_000 }) },
    ),
  }),
  { minLength: 1, maxLength: 120 },
)
/** When segments end, and how many of them are stored by the time of the question. */
const CUTS = fc.record({
  ends: fc.uniqueArray(fc.integer({ min: START + 1, max: START + LENGTH + 4_500 }), { maxLength: 8 }),
  stored: fc.integer({ min: 0, max: 9 }),
})

let prefix = 0

function mergePoint(batch: Batch, registry: Registry, metric: string, point: Point): void {
  const slot = registry.add(
    {
      service: "s",
      subsystem: "x",
      version: `v${point.series % 2}`,
      host: `h${point.series}`,
      metric: `${metric}.${point.kind}`,
      kind: point.kind,
      unit: "",
      labels: {},
    },
    Date.now(),
  )
  const group = createPointGroup(point.kind, 1, 1)
  group.length = 1
  group.sum[0] = point.value
  if (point.kind !== "counter") {
    group.count[0] = 1
    group.min[0] = point.value
    group.max[0] = point.value
    group.last[0] = point.value
    group.bucketIndex[0] = bucketOf(point.value)
    group.bucketCount[0] = 1
    group.bucketStart.set([0, 1].slice(0, group.bucketStart.length))
  }
  group.ids[0] = slot
  batch.merge(point.second, group)
}

/** The points cut into segments by arrival; the first `stored` of them go to the tables, the others stay in the head. */
async function arrange(points: Point[], cuts: { ends: number[]; stored: number }, metric: string) {
  const registry = new Registry()
  const ends = [...cuts.ends].sort((a, b) => a - b)
  const batches: Batch[] = []
  let from = START
  for (const end of [...ends, START + LENGTH + 10_000]) {
    const batch = new Batch(++prefix * 1_000, from * 1_000)
    for (const point of points) {
      const arrival = point.second + point.delay
      if (arrival < end && (arrival >= from || batches.length === 0)) mergePoint(batch, registry, metric, point)
    }
    batch.closedAt = end * 1_000
    batches.push(batch)
    from = end
  }
  const stored = batches.slice(0, Math.min(cuts.stored, batches.length))
  for (const batch of stored) await storeBatch(batch, false, createTables(store, registry))
  const open = batches.slice(stored.length)
  const until = stored.at(-1)?.closedAt ?? START * 1_000
  const view = {
    batches: open,
    numbers: open.map((batch) => batch.number),
    minutesUntil: rolledBefore(until, MINUTE_MS) / 1_000,
    hoursUntil: rolledBefore(until, HOUR_MS) / 1_000,
  }
  return { registry, store, head: { view: () => view }, baselineMs: 0 }
}

const STATS: Stat[] = ["rate", "sum", "avg", "min", "max", "last", "count", "p50", "p99"]
const answerOf = async (
  context: Awaited<ReturnType<typeof arrange>>,
  metric: string,
  stepSec: number,
): Promise<RangeAnswer> =>
  range(
    RANGE.parse({
      metric,
      from: START * 1_000,
      to: (START + LENGTH) * 1_000,
      stepSec,
      stats: STATS,
      split: ["version"],
    }),
    context,
  )

it("any split of the same points between head and tables gives the same answers, at every tier", async () => {
  await fc.assert(
    fc.asyncProperty(POINTS, CUTS, fc.constantFrom(7, 10, 60, 3_600), async (points, cuts, stepSec) => {
      const [one, other] = [`a${++prefix}`, `b${prefix}`]
      const split = await arrange(points, cuts, one)
      const whole = await arrange(points, { ends: [], stored: 0 }, other)
      for (const kind of new Set(points.map((point) => point.kind))) {
        const got = await answerOf(split, `${one}.${kind}`, stepSec)
        const wanted = await answerOf(whole, `${other}.${kind}`, stepSec)
        expect(got.series).toEqual(wanted.series)
      }
    }),
    { numRuns: 40, endOnFailure: true },
  )
}, 120_000)
