import type { Group, Rule } from "@ossagent/wire"
import { formatSeconds, formatValue } from "../../picture/units.ts"
import { type Judged, type Kind, type Part, type Row, toOwnPart } from "./kind.ts"
import { judgeThreshold } from "./limit.ts"
import { toOther, toQuotient } from "./ratio.ts"

/**
 * The newest version against the one before it, at the same time. With `of` the quotients are compared, so that a version with few users
 * is not taken for a healthy one.
 */
export const versions: Kind = {
  toParts: (rule): Part[] => {
    const own = toOwnPart(rule)
    return rule.of ? [own, { ...own, ...toOther(rule) }] : [own]
  },
  judge: (rule, rows) => [...groupByPlace(rows).values()].flatMap((of) => judgePlace(rule, of)),
}

const order = new Intl.Collator("en", { numeric: true })

/** Rows of the same place, whatever the version. */
function groupByPlace(rows: readonly Row[]): Map<string, Row[]> {
  const places = new Map<string, Row[]>()
  for (const row of rows) {
    const { version: _, ...place } = row.group
    const key = JSON.stringify(place)
    places.set(key, [...(places.get(key) ?? []), row])
  }
  return places
}

function judgePlace(rule: Rule, rows: readonly Row[]): Judged[] {
  const known = rows
    .map((row) => ({ ...row, version: row.group.version ?? "", value: toFigure(rule, row) }))
    .filter(({ version, value }) => version !== "" && value !== null)
    .sort((a, b) => order.compare(a.version, b.version))
  const [before, newest] = known.slice(-2)
  if (!newest || !before || !rule.versions || before.value === null || newest.value === null || before.value === 0)
    return []
  const { op, factor, clear } = rule.versions
  const times = newest.value / before.value
  const { verdict, score } = judgeThreshold(times, { op, value: factor, ...(clear === undefined ? {} : { clear }) })
  const unit = rule.of ? "1" : newest.unit
  const stat = rule.of ? "avg" : rule.stat
  const figure = (v: number) => formatValue(v, unit, stat)
  const what = rule.of ? `${rule.metric} / ${toOther(rule).metric}` : `${rule.metric} ${rule.stat}`
  const how = `${Number(times.toPrecision(2))} times that of ${before.version} (${figure(before.value)})`
  const group: Group = newest.group
  return [
    {
      ...{ group, unit, verdict, score, value: newest.value, expected: before.value },
      lower: op === "<" ? before.value * factor : null,
      upper: op === ">" ? before.value * factor : null,
      title: `${what} is ${figure(newest.value)}, ${how}`,
      why: `${what} (${formatSeconds(rule.windowSec)}) of ${newest.version} is ${figure(newest.value)}, ${how}`,
    },
  ]
}

const toFigure = ({ of }: Rule, { values }: Row): number | null =>
  of ? toQuotient(values[0], values[1]) : (values[0] ?? null)
