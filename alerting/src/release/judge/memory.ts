import type { HeapPoint } from "./figures.ts"
import type { Finding } from "./metric.ts"
import { toTrend } from "./trend.ts"

/** A thread that was just loaded fills its caches: its first points say nothing. */
const SETTLE_MS = 60_000
const LEAST_POINTS = 8
/** Growth within an hour that matters: of what it has, and in bytes. */
const SHARE = 0.2
const LEAST_BYTES = 8 * 1024 * 1024
const HOUR_MS = 3_600_000

/** Does the new version's live heap grow, more than the old one's at the same times? `new` and `old` are bytes an hour. */
export function judgeMemory(heap: readonly HeapPoint[]): Finding {
  const first = heap[0]?.at ?? 0
  const points = heap.filter((point) => point.new !== null && point.at >= first + SETTLE_MS)
  const base = { metric: "memory", unit: "By/h", share: null, low: null, high: null, n: points.length } as const
  if (points.length < LEAST_POINTS)
    return { ...base, old: null, new: null, shift: null, delta: null, p: null, isBad: false, isBig: false, why: "" }
  const own = toTrend(points.map((point) => [point.at, point.new as number]))
  const pairs = points.filter((point) => point.old !== null)
  const old = toTrend(pairs.map((point) => [point.at, point.old as number]))
  const ahead = toTrend(pairs.map((point) => [point.at, (point.new as number) - (point.old as number)]))
  const growth = Math.min(own.slope, pairs.length < LEAST_POINTS ? own.slope : ahead.slope) * HOUR_MS
  const has = points[0]?.new as number
  return {
    ...base,
    old: old.slope * HOUR_MS,
    new: own.slope * HOUR_MS,
    shift: growth,
    delta: (2 * own.s) / (points.length * (points.length - 1)),
    // Both must rise: alone, and against the old one.
    p: Math.max(own.p, pairs.length < LEAST_POINTS ? 0 : ahead.p),
    isBad: growth > 0,
    isBig: growth >= Math.max(LEAST_BYTES, SHARE * has),
    why: "",
  }
}
