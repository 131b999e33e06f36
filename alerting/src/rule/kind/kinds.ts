import type { Detection, Rule } from "@ossagent/wire"
import { burn } from "./burn.ts"
import { change } from "./change.ts"
import type { Judged, Kind, Part, Row } from "./kind.ts"
import { toOwnPart } from "./kind.ts"
import { ratio } from "./ratio.ts"
import { threshold } from "./threshold.ts"
import { versions } from "./versions.ts"

/** The kinds that are looked at in windows; absence, history and exception have watches of their own. */
const KINDS: Partial<Record<Detection, Kind>> = { threshold, change, ratio, burn, versions }

export const isWindowed = ({ detection }: Pick<Rule, "detection">): boolean => detection in KINDS

/** The figures that a rule needs; last come those of its least volume. */
export function toParts(rule: Rule): Part[] {
  const parts = KINDS[rule.detection]?.toParts(rule) ?? []
  return rule.minVolume === undefined ? parts : [...parts, ...toVolumeParts(rule)]
}

/** Counters have sums, everything else has counts: one of them is there. */
function toVolumeParts(rule: Rule): Part[] {
  const part = { ...toOwnPart(rule), ...(rule.of ?? {}) }
  return [
    { ...part, stat: "count" },
    { ...part, stat: "sum" },
  ]
}

/** Judges every group of which something can be said. */
export function judgeRule(rule: Rule, rows: readonly Row[]): Judged[] {
  return (
    KINDS[rule.detection]?.judge(
      rule,
      rows.filter((row) => hasVolume(rule, row)),
    ) ?? []
  )
}

function hasVolume({ minVolume }: Rule, { values }: Row): boolean {
  if (minVolume === undefined) return true
  const [count, sum] = values.slice(-2)
  return (count ?? sum ?? 0) >= minVolume
}

/** The longest window of a rule and how far back it goes, s: how much reading a look costs. */
export const toReachSec = (rule: Rule): number =>
  toParts(rule).reduce((most, { windowSec }) => Math.max(most, windowSec), 0)
