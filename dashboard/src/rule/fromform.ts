import type { Detection, NewRule, Severity, Stat } from "@ossagent/wire"
import { parseFilters } from "./words.ts"

/** The rule that a form describes. Throws Error with a sentence for people. */
export function ruleFromForm(form: FormData): NewRule {
  const text = (name: string): string => String(form.get(name) ?? "").trim()
  const detection = text("detection") as Detection
  const rule: NewRule = {
    name: text("name"),
    enabled: form.get("enabled") !== null,
    severity: text("severity") as Severity,
    detection,
    metric: text("metric"),
    stat: text("stat") as Stat,
    filters: parseFilters(text("filters")),
    split: text("split")
      .split(",")
      .map((one) => one.trim())
      .filter(Boolean),
    windowSec: whole(text("windowSec"), "the window"),
    forSec: whole(text("forSec"), "the time until it fires"),
    keepFiringSec: whole(text("keepFiringSec"), "the time until it resolves"),
  }
  if (detection === "threshold") {
    const clear = text("clear")
    rule.threshold = {
      op: text("op") === "<" ? "<" : ">",
      value: decimal(text("value"), "the threshold"),
      ...(clear === "" ? {} : { clear: decimal(clear, "the value at which it is good again") }),
    }
  }
  if (detection === "absence") rule.absenceSec = whole(text("absenceSec"), "the time of silence")
  if (detection === "history") rule.sensitivity = decimal(text("sensitivity"), "the sensitivity")
  if (text("runbookUrl") !== "") rule.runbookUrl = text("runbookUrl")
  return rule
}

function decimal(text: string, what: string): number {
  const value = Number(text)
  if (text === "" || !Number.isFinite(value)) throw new Error(`cannot read ${what}: “${text}” is no number`)
  return value
}

function whole(text: string, what: string): number {
  const value = decimal(text, what)
  if (!Number.isInteger(value) || value < 0) throw new Error(`cannot take ${value} for ${what}: whole seconds, please`)
  return value
}
