import { createPointGroup, type Series } from "@ossagent/wire"
import { pino } from "pino"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startTestEngine, type TestEngine } from "../engine/testing.ts"
import { Batch } from "../head/batch.ts"
import { Registry } from "../head/registry.ts"
import { createStore, type Store } from "./client.ts"
import { migrate } from "./migrate.ts"
import { loadSeries, SeriesSaver } from "./save-series.ts"
import { createTables, storeBatch } from "./store-batch.ts"

let engine: TestEngine
let store: Store
const MINUTE = Math.floor(Date.now() / 3_600_000) * 3_600 - 600

beforeAll(async () => {
  engine = await startTestEngine()
  store = createStore({ ...engine, maxExecutionSec: 30, maxMemoryBytes: 1e9, maxRowsToRead: 1e9 })
  await migrate(store, pino({ level: "silent" }))
})
afterAll(async () => {
  await store?.close()
  await engine?.stop()
})

const series = (metric: string, kind: Series["kind"], labels: Series["labels"] = {}): Series => ({
  metric,
  kind,
  labels,
  service: "shop",
  subsystem: "main",
  version: "1",
  host: "h",
  unit: "ms",
})

/** A batch of a counter, a labelled gauge and a timer with a point each at every second of `seconds`. */
function batchOf(registry: Registry, number: number, seconds: number[], rolledUntil: number): Batch {
  const batch = new Batch(number, rolledUntil)
  const slots = [
    registry.add(series("hits", "counter"), 1),
    registry.add(series("depth", "gauge", { queue: "a", zone: "x" }), 1),
    registry.add(series("lat", "timer"), 1),
  ]
  for (const second of seconds) {
    const counter = createPointGroup("counter", 1)
    counter.length = 1
    counter.sum[0] = 2
    counter.ids[0] = slots[0] as number
    batch.merge(second, counter)
    const gauge = createPointGroup("gauge", 1)
    gauge.length = 1
    for (const column of ["count", "sum", "min", "max", "last"] as const)
      gauge[column][0] = column === "count" ? 1 : second % 60
    gauge.ids[0] = slots[1] as number
    batch.merge(second, gauge)
    const timer = createPointGroup("timer", 1, 2)
    timer.length = 1
    for (const [column, value] of Object.entries({ count: 3, sum: 30, min: 5, max: 20 })) {
      timer[column as "count"][0] = value
    }
    timer.bucketIndex.set([74, 138])
    timer.bucketCount.set([2, 1])
    timer.bucketStart.set([0, 2])
    timer.ids[0] = slots[2] as number
    batch.merge(second, timer)
  }
  batch.closedAt = MINUTE * 1000 + 90_000
  return batch
}

const range = (from: number, length: number) => Array.from({ length }, (_, i) => from + i)

describe("storing a batch", () => {
  it("keeps every point, and rolls closed minutes up, once", async () => {
    const registry = new Registry()
    const batch = batchOf(registry, 1_000, range(MINUTE, 70), MINUTE * 1000)
    await storeBatch(batch, false, createTables(store, registry))
    await storeBatch(batch, true, createTables(store, registry))
    const raw =
      await store.rows(`SELECT metric, labels, sum(arraySum(sum)) AS s, sum(arraySum(count)) AS n, sum(length(dt)) AS points,
      max(arrayMax(last)) AS l, sum(arraySum(bucket_count)) AS b FROM points_1s GROUP BY metric, labels ORDER BY metric`)
    expect(raw).toEqual([
      { metric: "depth", labels: { queue: "a", zone: "x" }, s: 1770 + 45, n: 70, points: 70, l: 59, b: 0 },
      { metric: "hits", labels: {}, s: 140, n: 0, points: 70, l: 0, b: 0 },
      { metric: "lat", labels: {}, s: 2100, n: 210, points: 70, l: 0, b: 210 },
    ])
    const minutes = await store.rows(
      `SELECT metric, toUnixTimestamp(t) AS t, count, sum, min, max, last, bucket, bucket_count FROM points_1m ORDER BY metric`,
    )
    expect(minutes).toEqual([
      { metric: "depth", t: MINUTE, count: 60, sum: 1770, min: 0, max: 59, last: 59, bucket: [], bucket_count: [] },
      { metric: "hits", t: MINUTE, count: 0, sum: 120, min: 0, max: 0, last: 0, bucket: [], bucket_count: [] },
      {
        metric: "lat",
        t: MINUTE,
        count: 180,
        sum: 1800,
        min: 5,
        max: 20,
        last: 0,
        bucket: [74, 138],
        bucket_count: [120, 60],
      },
    ])
  })

  it("rolls up late points on their own, into minutes and, past the hour, into hours", async () => {
    const registry = new Registry()
    const late = batchOf(registry, 2_000, [MINUTE + 5], MINUTE * 1000 + 90_000)
    late.closedAt = MINUTE * 1000 + 100_000
    await storeBatch(late, false, createTables(store, registry))
    await storeBatch(late, true, createTables(store, registry))
    const [hits] = await store.rows(`SELECT count() AS n, sum(sum) AS s FROM points_1m WHERE metric = 'hits'`)
    expect(hits).toEqual({ n: 2, s: 122 })
    const closing = new Batch(3_000, late.closedAt)
    closing.closedAt = MINUTE * 1000 + 3_700_000
    await storeBatch(closing, false, createTables(store, registry))
    await storeBatch(closing, true, createTables(store, registry))
    expect(await store.rows(`SELECT sum(sum) AS s, count() AS n FROM points_1h WHERE metric = 'hits'`)).toEqual([
      { s: 142, n: 1 },
    ])
    const later = batchOf(registry, 4_000, [MINUTE + 7], closing.closedAt)
    later.closedAt = closing.closedAt + 10_000
    await storeBatch(later, false, createTables(store, registry))
    await storeBatch(later, true, createTables(store, registry))
    expect(await store.rows(`SELECT sum(sum) AS s FROM points_1h WHERE metric = 'hits'`)).toEqual([{ s: 144 }])
  })

  it("brings back the catalog after a restart", async () => {
    const registry = new Registry()
    batchOf(registry, 5_000, [MINUTE], 0)
    for (const slot of registry) registry.lastSeen[slot] = Date.now()
    await new SeriesSaver(registry, store).save()
    const again = new Registry()
    await loadSeries(again, store, 10, 35)
    expect([...again].map((slot) => again.series(slot)).sort((a, b) => a.metric.localeCompare(b.metric))).toEqual([
      series("depth", "gauge", { queue: "a", zone: "x" }),
      series("hits", "counter"),
      series("lat", "timer"),
    ])
  })
})
