/** A release that was rolled back is an alarm like any other: by a rule, into an incident, told to people, silenced where that is wanted. */
import type { Rule } from "@ossagent/wire"
import type { Kysely } from "kysely"
import { type Batch, type Condition, toCondition } from "../alarm/condition.ts"
import type { Database } from "../database/types.ts"
import { type ReleaseRow, toRatio } from "./row.ts"

/** It is news for so long; then it resolves by itself. */
const NEWS_MS = 15 * 60_000

/** Looks at what was rolled back lately, for every rule about that. */
export async function lookAtReleases(
  { db, judge }: { db: Kysely<Database>; judge: (batch: Batch) => Promise<unknown> },
  rules: readonly Rule[],
  now: number,
): Promise<void> {
  const about = rules.filter((rule) => rule.detection === "release" && rule.enabled)
  if (about.length === 0) return
  const rows = await db
    .selectFrom("release")
    .selectAll()
    .where("state", "=", "rolled_back")
    .where("ended_at", ">", new Date(now - NEWS_MS))
    .orderBy("id", "desc")
    .execute()
  // The same version may have failed twice meanwhile: it is one trouble, the newest.
  const newest = [...new Map([...rows].reverse().map((row) => [`${row.module} ${row.version}`, row])).values()]
  for (const rule of about) {
    const conditions = newest.filter((row) => isAbout(rule, row)).map((row) => toRolledBack(rule, row))
    await judge({ ruleIds: [rule.id], rules: [rule], conditions, at: now })
  }
}

const isAbout = ({ filters }: Rule, { service }: ReleaseRow): boolean =>
  filters.every(({ dim, op, values }) => (values.includes(dim === "service" ? service : "") ? "in" : "notIn") === op)

function toRolledBack(rule: Rule, row: ReleaseRow): Condition {
  const { service, module, version, from, why, ended_at } = row
  const ratio = toRatio({ ...row, state: "running" })
  const at =
    row.step_at < row.started_at || row.step_at.getTime() === row.started_at.getTime()
      ? "before its first step"
      : `at ${Number((ratio * 100).toPrecision(3))} % of users`
  return toCondition({
    ...{ rule, verdict: "bad", metric: "logic.errors", stat: "rate", unit: "{error}", score: 1, value: ratio },
    title: `${service}: ${module} ${version} was rolled back ${at}`,
    why: `${why}; ${from} takes all calls again`,
    group: { service, "label.module": module, "label.logic": version },
    ...(ended_at === null ? {} : { since: ended_at.getTime() }),
  })
}
