/** New errors as conditions: bad while they are seen, good once they were not for as long as the rule says. */
import type { ExceptionRow, Filter, Group, Rule } from "@ossagent/wire"
import { type Condition, toCondition } from "../alarm/condition.ts"
import { toFingerprint } from "../alarm/fingerprint.ts"

const STAT = "count"
const PLACE_CHARS = 80
const MESSAGE_CHARS = 300

export interface ExceptionLook {
  rows: readonly ExceptionRow[]
  /** The collector knows of more: what is not among the rows may be there all the same. */
  more: boolean
  /** Fingerprints of the rule's open alarms. */
  open: ReadonlySet<string>
  /** When the newest alarm of a fingerprint was closed, Unix ms. */
  closedAt: ReadonlyMap<string, number>
  at: number
}

/** Whether a rule speaks of an error at all. */
export const isAbout = (rule: Pick<Rule, "filters">, row: ExceptionRow): boolean =>
  rule.filters.every(
    ({ dim, op, values }) => values.some((value) => valuesOf(row, dim).includes(value)) === (op === "in"),
  )

function valuesOf(row: ExceptionRow, dim: Filter["dim"]): string[] {
  if (dim === "version") return row.versions
  return [dim === "service" ? row.service : dim === "subsystem" ? row.subsystem : ""]
}

/** Which alarm an error has: the same wherever in its service it is seen, and in whichever version. */
export const toExceptionPrint = (rule: Pick<Rule, "id">, { service, fingerprint }: ExceptionRow): string =>
  toFingerprint({ ruleId: rule.id, metric: "", stat: STAT, group: { service, exception: fingerprint } })

export function toExceptionConditions(rule: Rule, { rows, more, open, closedAt, at }: ExceptionLook): Condition[] {
  const since = at - rule.keepFiringSec * 1000
  const seen = new Set<string>()
  const conditions: Condition[] = []
  for (const row of rows) {
    if (row.lastSeen < since || !isAbout(rule, row)) continue
    const fingerprint = toExceptionPrint(rule, row)
    if (row.lastSeen <= (closedAt.get(fingerprint) ?? 0) && !open.has(fingerprint)) continue
    seen.add(fingerprint)
    conditions.push({ ...toBad(rule, row), fingerprint })
  }
  for (const fingerprint of open) if (!seen.has(fingerprint)) conditions.push(toQuiet(rule, fingerprint, more))
  return conditions
}

function toBad(rule: Rule, row: ExceptionRow): Condition {
  const { total, firstSeen: since } = row
  return toCondition({
    ...{ rule, verdict: "bad", metric: "", stat: STAT, unit: "", score: 1, value: total.count, since },
    title: toTitle(row),
    why: toWhy(row),
    group: toExceptionGroup(row),
  })
}

export const toExceptionGroup = ({ service, subsystem, firstVersion, fingerprint }: ExceptionRow): Group => ({
  ...{ service, subsystem, version: firstVersion, exception: fingerprint },
})

/** `shop 8.0.2: TypeError in checkout/pay.ts:41, 17 times, 9 users; not seen in 8.0.1`. */
export function toTitle({ service, firstVersion, type, place, total, versionBefore }: ExceptionRow): string {
  const where = place === "" ? "" : ` in ${place.length > PLACE_CHARS ? `…${place.slice(-PLACE_CHARS)}` : place}`
  const before = versionBefore === null ? "not seen before" : `not seen in ${versionBefore}`
  return `${[service, firstVersion].filter(Boolean).join(" ")}: ${type}${where}, ${toCounts(total)}; ${before}`
}

const toCounts = ({ count, users }: ExceptionRow["total"]): string =>
  [`${count} ${count === 1 ? "time" : "times"}`, users > 0 ? `${users} ${users === 1 ? "user" : "users"}` : ""]
    .filter(Boolean)
    .join(", ")

export function toWhy({ type, message, total, firstSeen, lastSeen, versions }: ExceptionRow): string {
  const said = message.length > MESSAGE_CHARS ? `${message.slice(0, MESSAGE_CHARS)}…` : message
  const seen = `${toCounts(total)} since ${toClock(firstSeen)}, last at ${toClock(lastSeen)}`
  return `${type}: ${said || "(no message)"} – ${seen}${versions.length > 1 ? `, in ${versions.join(", ")}` : ""}`
}

const toClock = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`

/** An open alarm whose error is no longer among the new ones that are seen. */
function toQuiet(rule: Rule, fingerprint: string, unsure: boolean): Condition {
  return {
    ...toCondition({
      rule: { ...rule, keepFiringSec: 0 },
      verdict: unsure ? "between" : "good",
      ...{ title: "", metric: "", stat: STAT, unit: "", group: {}, value: null, score: 0 },
      why: unsure ? "more errors are new than are looked at" : "it was not seen any more, or is known for a day now",
    }),
    fingerprint,
  }
}
