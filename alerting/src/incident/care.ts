import type { CareReport } from "@ossagent/wire"
import { type Kysely, sql } from "kysely"
import type { Database } from "../database/types.ts"

type Db = Kysely<Database>

/** How well people are served: times to acknowledge and to resolve, and which rules are noise. Days are those of UTC. */
export async function readCare(db: Db, from: number, to: number): Promise<CareReport> {
  const [begin, end] = [new Date(from), new Date(to)]
  const totals = await sql<{ incidents: number; mtta: number | null; mttr: number | null }>`
    SELECT count(*)::int AS incidents,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM acknowledged_at - started_at)) AS mtta,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - started_at)) AS mttr
    FROM incident WHERE started_at >= ${begin} AND started_at < ${end}`.execute(db)
  const days = await sql<{ day: string; incidents: number; messages: number }>`
    SELECT to_char(day, 'YYYY-MM-DD') AS day, sum(incidents)::int AS incidents, sum(messages)::int AS messages FROM (
      SELECT date_trunc('day', started_at AT TIME ZONE 'UTC') AS day, 1 AS incidents, 0 AS messages FROM incident
      WHERE started_at >= ${begin} AND started_at < ${end}
      UNION ALL
      SELECT date_trunc('day', created_at AT TIME ZONE 'UTC'), 0, 1 FROM outbox
      WHERE created_at >= ${begin} AND created_at < ${end} AND state IN ('sent', 'delivered') AND kind <> 'test'
    ) AS all_days GROUP BY day ORDER BY day`.execute(db)
  const { incidents = 0, mtta = null, mttr = null } = totals.rows[0] ?? {}
  return {
    from,
    to,
    incidents,
    mttaSec: mtta,
    mttrSec: mttr,
    byDay: days.rows,
    rules: await readRules(db, begin, end),
  }
}

/** Most fired first. */
async function readRules(db: Db, begin: Date, end: Date): Promise<CareReport["rules"]> {
  const { rows } = await sql<{
    rule_id: string | null
    rule_name: string
    fired: number
    flapped: number
    acknowledged: number
    useful: number
    noise: number
    median_open: number | null
  }>`
    SELECT a.rule_id, max(a.rule_name) AS rule_name, count(*)::int AS fired,
      (count(*) FILTER (WHERE EXISTS (SELECT 1 FROM alarm_event e WHERE e.alarm_id = a.id AND e."to" = 'flapping')))::int AS flapped,
      (count(*) FILTER (WHERE a.acknowledged_at IS NOT NULL))::int AS acknowledged,
      coalesce(sum(f.useful), 0)::int AS useful, coalesce(sum(f.noise), 0)::int AS noise,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM a.resolved_at - a.fired_at)) AS median_open
    FROM alarm a LEFT JOIN LATERAL (
      SELECT count(*) FILTER (WHERE verdict = 'useful') AS useful, count(*) FILTER (WHERE verdict = 'noise') AS noise
      FROM feedback WHERE feedback.incident_id = a.incident_id
    ) AS f ON true
    WHERE a.fired_at >= ${begin} AND a.fired_at < ${end}
    GROUP BY a.rule_id ORDER BY fired DESC, rule_name LIMIT 200`.execute(db)
  return rows.map(({ rule_id, rule_name, median_open, ...counts }) => ({
    ruleId: rule_id,
    ruleName: rule_name,
    ...counts,
    medianOpenSec: median_open,
  }))
}
