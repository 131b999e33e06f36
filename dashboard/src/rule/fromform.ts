import type { Detection, MetricPart, NewRule, Severity, Stat } from "@ossagent/wire"
import { parseFilters } from "./words.ts"

type Text = (name: string) => string
type Kind = Partial<Pick<NewRule, "threshold" | "change" | "of" | "burn" | "versions" | "absenceSec" | "sensitivity">>

/** The most pairs of windows that a burn rate may have. */
export const MOST_BURN_WINDOWS = 4

/** The rule that a form describes. Throws Error with a sentence for people. */
export function ruleFromForm(form: FormData): NewRule {
  const text: Text = (name) => String(form.get(name) ?? "").trim()
  const detection = text("detection") as Detection
  return {
    name: text("name"),
    enabled: form.get("enabled") !== null,
    severity: text("severity") as Severity,
    detection,
    metric: text("metric"),
    stat: text("stat") as Stat,
    filters: parseFilters(text("filters")),
    split: toSplit(text("split")),
    windowSec: whole(text("windowSec"), "the window"),
    forSec: whole(text("forSec"), "the time until it fires"),
    keepFiringSec: whole(text("keepFiringSec"), "the time until it resolves"),
    ...OF_KIND[detection](text),
    ...toOptional(text),
  }
}

const OF_KIND: Record<Detection, (text: Text) => Kind> = {
  threshold: (text) => ({ threshold: toThreshold(text) }),
  absence: (text) => ({ absenceSec: whole(text("absenceSec"), "the time of silence") }),
  history: (text) => ({ sensitivity: decimal(text("sensitivity"), "the sensitivity") }),
  change: (text) => ({
    change: {
      against: text("against") === "7d" ? "7d" : "1d",
      op: toOp(text),
      by: percent(text("by"), "the change"),
      ...toClear(text, percent),
    },
  }),
  ratio: (text) => ({ of: toPart(text), threshold: toThreshold(text) }),
  burn: (text) => ({ of: toPart(text), burn: toBurn(text) }),
  versions: (text) => ({
    versions: { op: toOp(text), factor: decimal(text("factor"), "how many times as much"), ...toClear(text) },
  }),
  exception: () => ({}),
  release: () => ({}),
}

const toOp = (text: Text): ">" | "<" => (text("op") === "<" ? "<" : ">")

function toThreshold(text: Text): NonNullable<NewRule["threshold"]> {
  return { op: toOp(text), value: decimal(text("value"), "the threshold"), ...toClear(text) }
}

const toClear = (text: Text, read = decimal): { clear?: number } =>
  text("clear") === "" ? {} : { clear: read(text("clear"), "the value at which it is good again") }

function toPart(text: Text): MetricPart {
  if (text("ofMetric") === "") throw new Error("cannot divide by no metric: name the one that it is a share of")
  return { metric: text("ofMetric"), stat: text("ofStat") as Stat, filters: parseFilters(text("ofFilters")) }
}

function toBurn(text: Text): NonNullable<NewRule["burn"]> {
  const objective = Number((decimal(text("objective"), "the promise") / 100).toPrecision(12))
  if (objective <= 0 || objective >= 1) throw new Error("cannot take that promise: between 0 and 100 %, such as 99.9")
  const windows = Array.from({ length: MOST_BURN_WINDOWS }, (_, i) => i)
    .filter((i) => text(`long${i}`) !== "")
    .map((i) => ({
      longSec: whole(text(`long${i}`), "the long window"),
      shortSec: whole(text(`short${i}`), "the short window"),
      factor: decimal(text(`factor${i}`), "the speed"),
    }))
  if (windows.some(({ longSec, shortSec }) => shortSec >= longSec))
    throw new Error("cannot take these windows: the short one must be shorter than the long one")
  return { objective, windows }
}

function toOptional(text: Text): Partial<NewRule> {
  return {
    ...(text("minVolume") === "" ? {} : { minVolume: decimal(text("minVolume"), "the least volume") }),
    ...(text("delaySec") === "" ? {} : { delaySec: whole(text("delaySec"), "the delay") }),
    ...(text("owner") === "" ? {} : { owner: text("owner") }),
    ...(text("runbookUrl") === "" ? {} : { runbookUrl: text("runbookUrl") }),
  }
}

const toSplit = (text: string): string[] =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean)

function decimal(text: string, what: string): number {
  const value = Number(text)
  if (text === "" || !Number.isFinite(value)) throw new Error(`cannot read ${what}: “${text}” is no number`)
  return value
}

/** 50 is half: what people type as per cent is a share. */
const percent = (text: string, what: string): number => Number((decimal(text, what) / 100).toPrecision(12))

function whole(text: string, what: string): number {
  const value = decimal(text, what)
  if (!Number.isInteger(value) || value < 0) throw new Error(`cannot take ${value} for ${what}: whole seconds, please`)
  return value
}
