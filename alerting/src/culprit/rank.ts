import type { Culprit } from "@ossagent/wire"
import { describeCulprit } from "./words.ts"

/** One value of a dimension: what it was forecast to be, and what it is. */
export interface Part {
  value: string
  actual: number
  forecast: number
  /** The other side of a quotient; left out where the figure adds up. */
  of?: { actual: number; forecast: number }
}

/** A total, split by one dimension. */
export interface Slice {
  dim: string
  parts: Part[]
}

/** A culprit explains at least so much of the change, each of its values at least so much (Adtributor's T_EP and T_EEP). */
const LEAST_EXPLAINS = 0.67
const LEAST_EACH = 0.1
/** Less is what chance does to shares. */
const LEAST_SURPRISE = 0.003
const MOST_VALUES = 3
/** A total that changed by less of itself has not moved. */
const LEAST_CHANGE = 0.05

/**
 * Which values of which dimensions are guilty of a change, the most surprising dimension first; empty when nothing stands out. Explanatory
 * power and surprise are those of Adtributor (Bhagwan et al., NSDI 2014), for figures that add up and for quotients of such.
 */
export function rankCulprits(slices: readonly Slice[]): Culprit[] {
  return slices
    .flatMap((slice) => toCulprit(slice) ?? [])
    .sort((a, b) => b.surprise - a.surprise || b.explains - a.explains || a.values.length - b.values.length)
}

interface Judged {
  value: string
  explains: number
  surprise: number
}

function toCulprit({ dim, parts }: Slice): Culprit | null {
  const change = toChange(parts)
  if (parts.length < 2 || change === 0) return null
  const chosen: Judged[] = []
  let explains = 0
  for (const part of judgeParts(parts)) {
    if (part.explains < LEAST_EACH) continue
    chosen.push(part)
    explains += part.explains
    if (explains >= LEAST_EXPLAINS || chosen.length === MOST_VALUES) break
  }
  const surprise = chosen.reduce((sum, part) => sum + part.surprise, 0)
  if (explains < LEAST_EXPLAINS || surprise < LEAST_SURPRISE || chosen.length === parts.length) return null
  const values = chosen.map(({ value }) => value)
  return {
    dim,
    values,
    explains,
    surprise: Math.min(1, surprise),
    text: describeCulprit({ dim, values, explains }, change),
  }
}

/** 1: the total rose, -1: it fell, 0: it did not move. */
function toChange(parts: readonly Part[]): -1 | 0 | 1 {
  const total = toTotals(parts)
  const [actual, forecast] = [total.actual / total.ofActual, total.forecast / total.ofForecast]
  const by = actual - forecast
  if (!Number.isFinite(by) || Math.abs(by) <= LEAST_CHANGE * Math.max(Math.abs(actual), Math.abs(forecast))) return 0
  return by > 0 ? 1 : -1
}

function toTotals(parts: readonly Part[]) {
  const total = { actual: 0, forecast: 0, ofActual: 0, ofForecast: 0 }
  for (const { actual, forecast, of } of parts) {
    total.actual += actual
    total.forecast += forecast
    total.ofActual += of?.actual ?? 0
    total.ofForecast += of?.forecast ?? 0
  }
  if (parts[0]?.of === undefined) return { ...total, ofActual: 1, ofForecast: 1 }
  return total
}

/** The most surprising first; of equals the one that explains more. */
function judgeParts(parts: readonly Part[]): Judged[] {
  const explained = toExplained(parts)
  const surprises = toSurprises(parts.map(({ actual, forecast }) => ({ actual, forecast })))
  const others =
    parts[0]?.of === undefined ? null : toSurprises(parts.map(({ of }) => of ?? { actual: 0, forecast: 0 }))
  return parts
    .map(({ value }, i) => ({
      value,
      explains: explained[i] as number,
      surprise: (surprises[i] as number) + (others?.[i] ?? 0),
    }))
    .sort((a, b) => b.surprise - a.surprise || b.explains - a.explains || (a.value < b.value ? -1 : 1))
}

/** Each part's share of the change; they add up to 1. */
function toExplained(parts: readonly Part[]): number[] {
  const total = toTotals(parts)
  const effects = parts.map(({ actual, forecast, of }) => {
    if (of === undefined) return actual - forecast
    // What the quotient would have changed by, had only this part changed.
    const byTop = (actual - forecast) * total.ofForecast
    const byBottom = (of.actual - of.forecast) * total.forecast
    return (byTop - byBottom) / (total.ofForecast * (total.ofForecast + of.actual - of.forecast) || Number.NaN)
  })
  const all = effects.reduce((sum, effect) => sum + effect, 0)
  return effects.map((effect) => (all === 0 || !Number.isFinite(all) ? 0 : effect / all))
}

/** Of a total that was nothing before, every part is forecast the same share. */
const PRIOR = 1e-3

/** Each part's contribution to the Jensen–Shannon divergence of the shares that it has from those that it was forecast, in bits. */
function toSurprises(parts: readonly { actual: number; forecast: number }[]): number[] {
  const actual = parts.reduce((sum, part) => sum + Math.abs(part.actual), 0)
  const forecast = parts.reduce((sum, part) => sum + Math.abs(part.forecast), 0)
  const prior = (PRIOR * actual) / parts.length
  const all = forecast + PRIOR * actual
  if (actual === 0 || all === 0) return parts.map(() => 0)
  return parts.map((part) => {
    const p = (Math.abs(part.forecast) + prior) / all
    const q = Math.abs(part.actual) / actual
    const term = (x: number): number => (x === 0 ? 0 : x * Math.log2((2 * x) / (p + q)))
    return (term(p) + term(q)) / 2
  })
}
