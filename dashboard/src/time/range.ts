/** A stretch of time as the URL holds it: the last so many seconds, or between two instants (Unix ms). */
export type TimeRange = { kind: "last"; sec: number } | { kind: "between"; from: number; to: number }

/** What a question asks for; `live` when it ends now. Unix ms. */
export interface TimeWindow {
  from: number
  to: number
  live: boolean
}

const UNIT_SEC: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 }
const LEAST_SEC = 10
const MOST_SEC = 730 * 86_400

export const DEFAULT_RANGE: TimeRange = { kind: "last", sec: 900 }

export const PRESETS = ["5m", "15m", "1h", "3h", "12h", "1d", "2d", "7d", "30d"] as const

/** `15m`, `1784…..1784…` (Unix ms) or ISO instants with `..` between. Null for anything else. */
export function tryRange(text: string | null | undefined): TimeRange | null {
  const last = /^(\d{1,6})([smhd])$/.exec(text ?? "")
  if (last) {
    const sec = Number(last[1]) * (UNIT_SEC[last[2] ?? ""] ?? 0)
    return sec >= LEAST_SEC && sec <= MOST_SEC ? { kind: "last", sec } : null
  }
  const [from, to] = (text ?? "").split("..").map(tryInstant)
  if (!from || !to || to - from < 1_000 || to - from > MOST_SEC * 1_000) return null
  return { kind: "between", from, to }
}

function tryInstant(text: string): number | null {
  if (text === "") return null
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  return Number.isFinite(at) && at > 0 && at <= 8.64e15 ? at : null
}

export const parseRange = (text: string | null | undefined): TimeRange => tryRange(text) ?? DEFAULT_RANGE

/** The shortest form: the largest unit that divides it. */
export function formatRange(range: TimeRange): string {
  if (range.kind === "between") return `${Math.round(range.from)}..${Math.round(range.to)}`
  const unit = ["d", "h", "m"].find((one) => range.sec % (UNIT_SEC[one] ?? 1) === 0) ?? "s"
  return `${range.sec / (UNIT_SEC[unit] ?? 1)}${unit}`
}

export function toWindow(range: TimeRange, now: number): TimeWindow {
  if (range.kind === "last") return { from: now - range.sec * 1_000, to: now, live: true }
  return { from: range.from, to: range.to, live: false }
}

/** Twice as long, the same middle; what ends now keeps ending now. */
export function zoomOut(range: TimeRange): TimeRange {
  if (range.kind === "last") return { kind: "last", sec: Math.min(range.sec * 2, MOST_SEC) }
  const half = (range.to - range.from) / 2
  return { kind: "between", from: range.from - half, to: range.to + half }
}

/** Earlier (-1) or later (1) by half its length. */
export function shift(range: TimeRange, direction: -1 | 1, now: number): TimeRange {
  const { from, to } = toWindow(range, now)
  const by = ((to - from) / 2) * direction
  if (to + by >= now) return range.kind === "last" ? range : { kind: "last", sec: Math.round((to - from) / 1_000) }
  return { kind: "between", from: from + by, to: to + by }
}
