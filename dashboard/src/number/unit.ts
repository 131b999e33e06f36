import type { Kind, Stat } from "@ossagent/wire"

/** `calls`: how many times a second a timer or size was recorded; the rest are the collector's. */
export type ShownStat = Stat | "calls"

const SI: [number, string][] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
]
const BYTES: [number, string][] = [
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
]
const TIMES: [number, string][] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
  [1, "ms"],
  [0.001, "µs"],
]

/** Three significant digits, no trailing zeros: 1234 → "1234", 12.345 → "12.3". */
function digits(value: number): string {
  const size = Math.abs(value)
  if (size >= 100 || value === 0) return value.toFixed(0)
  if (size >= 10) return trim(value.toFixed(1))
  if (size >= 1) return trim(value.toFixed(2))
  return trim(value.toPrecision(2))
}
const trim = (text: string): string => (text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text)

function scaled(value: number, scale: [number, string][], base: string): string {
  const found = scale.find(([size]) => Math.abs(value) >= size * 0.9995)
  return found ? `${digits(value / found[0])} ${found[1]}` : `${digits(value)}${base ? ` ${base}` : ""}`
}

const formatBytes = (value: number): string => scaled(value, BYTES, "B")

function formatMs(ms: number): string {
  if (ms === 0) return "0 ms"
  return scaled(ms, TIMES, "ms")
}

function formatPlain(value: number): string {
  const found = SI.find(([size]) => Math.abs(value) >= size * 0.9995)
  // up to 9999 the number itself says more than "1.23 k"
  return found && Math.abs(value) >= 9_999.5 ? `${digits(value / found[0])} ${found[1]}` : digits(value)
}

/** `{request}` → `requests`. */
function thingOf(unit: string): string {
  const thing = /^\{(.+)\}$/.exec(unit)?.[1] ?? unit
  if (thing === "" || /[^a-z]$/i.test(thing) || thing.endsWith("s")) return thing
  if (/[^aeiou]y$/.test(thing)) return `${thing.slice(0, -1)}ies`
  return /(ch|sh|x|z)$/.test(thing) ? `${thing}es` : `${thing}s`
}

/** A value as people read it, with its unit: `12.3 ms`, `1.5 MiB/s`, `37 %`, `240 /s`. An absent value is a dash. */
export function formatValue(value: number | null | undefined, unit: string, stat: ShownStat): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–"
  if (stat === "calls") return `${formatPlain(value)} /s`
  if (stat === "count") return formatPlain(value)
  const perSec = stat === "rate" ? "/s" : ""
  if (unit === "ms") return `${formatMs(value)}${perSec}`
  if (unit === "s") return `${formatMs(value * 1_000)}${perSec}`
  if (unit === "By") return `${formatBytes(value)}${perSec}`
  if (unit === "1" && perSec === "") return `${digits(value * 100)} %`
  return `${formatPlain(value)}${perSec && ` ${perSec}`}`
}

/** What the axis counts, in words; empty when the values say it themselves. */
export function unitName(unit: string, stat: ShownStat): string {
  if (stat === "calls") return "per second"
  if (stat === "count") return "recorded"
  const thing = ["ms", "s", "By", "1", ""].includes(unit) ? "" : thingOf(unit)
  if (stat === "rate") return thing ? `${thing} per second` : "per second"
  return thing
}

/** What can be asked of a kind, the usual first. */
export const STATS_OF: Record<Kind, readonly ShownStat[]> = {
  counter: ["rate", "sum"],
  gauge: ["avg", "min", "max", "last"],
  timer: ["p50", "p75", "p90", "p95", "p99", "p999", "avg", "min", "max", "calls"],
  size: ["p50", "p75", "p90", "p95", "p99", "p999", "avg", "min", "max", "calls", "sum", "rate"],
}

export const USUAL_STATS: Record<Kind, readonly ShownStat[]> = {
  counter: ["rate"],
  gauge: ["avg"],
  timer: ["p50", "p90", "p99"],
  size: ["p50", "p99"],
}

const NAMES: Partial<Record<ShownStat, string>> = {
  rate: "per second",
  calls: "calls/s",
  sum: "sum per step",
  avg: "average",
  last: "last value",
  count: "count",
  p999: "p99.9",
}
export const statName = (stat: ShownStat): string => NAMES[stat] ?? stat

/** Adding seconds up needs the whole second: the newest one is still growing. */
export const isAdditive = (stat: ShownStat): boolean => ["rate", "sum", "count", "calls"].includes(stat)
