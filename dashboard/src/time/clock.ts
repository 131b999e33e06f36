export type Zone = "local" | "utc"

const DAY_MS = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

function format(at: number, zone: Zone, options: Intl.DateTimeFormatOptions): string {
  const key = zone + JSON.stringify(options)
  let made = formats.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat("en-GB", {
      ...options,
      hourCycle: "h23",
      timeZone: zone === "utc" ? "UTC" : undefined,
    })
    formats.set(key, made)
  }
  return made.format(at)
}

const TIME = { hour: "2-digit", minute: "2-digit" } as const
const SECONDS = { ...TIME, second: "2-digit" } as const
const DATE = { day: "numeric", month: "short" } as const

/** For an axis over `spanMs`: only what tells neighbours apart. */
export function formatTick(at: number, spanMs: number, zone: Zone): string {
  if (spanMs <= 10 * 60_000) return format(at, zone, SECONDS)
  if (spanMs <= 1.5 * DAY_MS) return format(at, zone, TIME)
  if (spanMs <= 4 * DAY_MS) return `${format(at, zone, DATE)} ${format(at, zone, TIME)}`
  return format(at, zone, DATE)
}

/** In full: date, time to the second, zone. */
export const formatInstant = (at: number, zone: Zone): string =>
  `${format(at, zone, { ...DATE, year: "numeric" })} ${format(at, zone, SECONDS)}${zone === "utc" ? " UTC" : ""}`

/** Date and time to the minute, for lists. */
export const formatShort = (at: number, zone: Zone): string => `${format(at, zone, DATE)} ${format(at, zone, SECONDS)}`

/** The time of day to the minute. */
export const formatMinute = (at: number, zone: Zone): string => format(at, zone, TIME)

/** A day, as somebody at `now` calls it; with its year where that is another one. */
export function formatDay(at: number, now: number, zone: Zone): string {
  const dayOf = (one: number): string => format(one, zone, { ...DATE, year: "numeric" })
  const day = dayOf(at)
  if (day === dayOf(now)) return "Today"
  if (day === dayOf(now - DAY_MS)) return "Yesterday"
  const sameYear = day.slice(-4) === dayOf(now).slice(-4)
  return `${format(at, zone, { weekday: "long" })} ${sameYear ? format(at, zone, DATE) : day}`
}

/** `3 s`, `12 min`, `5 h`, `2 d`: one unit, rounded down. */
export function formatSpan(ms: number): string {
  const sec = Math.max(0, Math.floor(ms / 1_000))
  if (sec < 120) return `${sec} s`
  if (sec < 7_200) return `${Math.floor(sec / 60)} min`
  if (sec < 2 * 86_400) return `${Math.floor(sec / 3_600)} h`
  return `${Math.floor(sec / 86_400)} d`
}

export const formatAgo = (at: number, now: number): string => (now - at < 2_500 ? "now" : `${formatSpan(now - at)} ago`)

/** Round instants for an axis: at most about `count`, at multiples of a round length in the zone. */
export function ticksOf(from: number, to: number, count: number, zone: Zone): number[] {
  const lengths = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
    1_209_600, 2_592_000,
  ]
  const length = (lengths.find((sec) => (to - from) / (sec * 1_000) <= count) ?? 2_592_000) * 1_000
  const offset = zone === "utc" ? 0 : new Date(from).getTimezoneOffset() * 60_000
  const ticks: number[] = []
  for (let at = Math.ceil((from - offset) / length) * length + offset; at <= to; at += length) ticks.push(at)
  return ticks
}
