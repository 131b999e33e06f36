import type { RangeAnswer, Values } from "@ossagent/wire"
import type { Place } from "../catalog/entries.ts"
import { fillZeros } from "../chart/lines.ts"
import { groupKey } from "../live/merge.ts"
import type { Figure } from "../place/figures.ts"

/**
 * A figure of one subsystem over time, from answers that may hold others too. Null while nothing has come; an error ratio is `failed`
 * over `all`, nothing failed being 0.
 */
export function figureValues(
  figure: Figure,
  place: Pick<Place, "service" | "subsystem">,
  { all, failed }: { all: RangeAnswer | null; failed: RangeAnswer | null },
): Values | null {
  const { stat, filter } = figure
  if (!all || (filter && !failed)) return null
  const key = groupKey({ service: place.service, subsystem: place.subsystem })
  const pick = (answer: RangeAnswer): Values => {
    const values = answer.series.find(({ group }) => groupKey(group) === key)?.values
    return values?.[stat === "calls" ? "count" : stat] ?? answer.t.map(() => null)
  }
  const total = pick(all)
  if (!filter) {
    const shown = stat === "calls" ? total.map((count) => (count === null ? null : count / all.stepSec)) : total
    return fillZeros(shown, stat, all.stepSec)
  }
  const counts = failed ? pick(failed) : []
  const failedAt = new Map((failed?.t ?? []).map((at, i) => [at, counts[i] ?? 0]))
  return total.map((count, i) => (count ? Math.min(1, (failedAt.get(all.t[i] ?? 0) ?? 0) / count) : null))
}
