/** Alarms that began to fire join incidents, in the transaction that made them fire. */
import type { Route } from "@ossagent/wire"
import { sql, type Transaction } from "kysely"
import type { AlarmRow } from "../alarm/row.ts"
import type { Database, Progress } from "../database/types.ts"
import { type Facts, toValue } from "../oncall/matcher.ts"
import { findPaths, type Path } from "../oncall/route.ts"
import { type NewEvent, writeEvents } from "./event.ts"
import { type Groupable, type OpenIncident, toIncidents, toRouteKey, toShared } from "./group.ts"
import { findSuspect, isGraver, toGravest, toTitle } from "./suspect.ts"

type Tx = Transaction<Database>

/** Any number, the same in every process: two looks at once must not make two incidents of one trouble. */
const LOCK = 7_072_003
/** Alarms that get a line of their own when they join; the rest is one line. */
const MOST_LINES = 20
/** A first telling waits so long for the search for the culprit. */
export const CULPRIT_WAIT_MS = 3_000

export interface Joined {
  /** New incidents: their culprits are to be found. */
  opened: string[]
  /** All that changed. */
  ids: string[]
}

interface Joining extends Groupable {
  row: AlarmRow
  paths: Path[]
}

/** @param rows alarms that fire and have no incident yet, with their ids */
export async function joinIncidents(
  tx: Tx,
  rows: readonly AlarmRow[],
  root: Route | null,
  now: number,
): Promise<Joined> {
  if (rows.length === 0) return { opened: [], ids: [] }
  await sql`SELECT pg_advisory_xact_lock(${LOCK})`.execute(tx)
  const open = await tx
    .selectFrom("incident")
    .select(["id", "group_key", "group", "grown_at", "started_at"])
    .where("state", "<>", "resolved")
    .orderBy("id")
    .execute()
  const known = open.map(
    (row): OpenIncident => ({
      key: row.group_key,
      group: row.group,
      grownAt: row.grown_at.getTime(),
      startedAt: row.started_at.getTime(),
    }),
  )
  const byKey = new Map<string, Joining[]>()
  for (const { alarm, key } of toIncidents(
    rows.map((row) => toJoining(row, root)),
    known,
    now,
  ))
    takeList(byKey, key).push(alarm)
  const ids = new Map(open.map(({ group_key, id }) => [group_key, id]))
  const joined: Joined = { opened: [], ids: [] }
  for (const [key, alarms] of byKey) {
    const existing = ids.get(key)
    const id = existing ?? (await open_(tx, key, alarms, now))
    if (existing === undefined) joined.opened.push(id)
    joined.ids.push(id)
    await addAlarms(tx, id, alarms, now)
    if (existing !== undefined) await growIncident(tx, id, alarms, now)
  }
  return joined
}

function takeList<T>(lists: Map<string, T[]>, key: string): T[] {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  return list
}

export const toFacts = (row: AlarmRow): Facts => ({
  group: row.group,
  metric: row.metric,
  rule: row.rule_name,
  severity: row.severity,
  detection: row.detection,
  owner: row.owner,
})

function toJoining(row: AlarmRow, root: Route | null): Joining {
  const facts = toFacts(row)
  const paths = root ? findPaths(root, facts) : []
  const taker = paths[0]?.at(-1)
  const routeKey =
    taker && taker.groupBy.length > 0 ? toRouteKey(taker.name, taker.groupBy, (dim) => toValue(facts, dim)) : null
  return { row, paths, group: row.group, fingerprint: row.fingerprint, routeKey }
}

async function open_(tx: Tx, key: string, alarms: readonly Joining[], now: number): Promise<string> {
  const suspect = findSuspect(alarms.map(({ row }) => toSuspicious(row)))
  const takers = alarms.flatMap(({ paths }) => paths.map((path) => path.at(-1) as Route))
  const wait = Math.max(0, ...takers.map(({ groupWaitSec }) => groupWaitSec)) * 1_000
  const dueAt = now + Math.max(wait, CULPRIT_WAIT_MS)
  const at = new Date(now)
  const first = Math.min(...alarms.map(({ row }) => row.started_at.getTime()))
  const severity = toGravest(alarms.map(({ row }) => row.severity))
  const title = suspect ? toTitle(suspect, null, alarms.length) : ""
  const { id } = await tx
    .insertInto("incident")
    .values({
      group_key: key,
      state: "firing",
      severity,
      title,
      group: JSON.stringify(alarms.map(({ group }) => group).reduce(toShared)),
      suspect_id: suspect?.id ?? null,
      alarms: alarms.length,
      open_alarms: alarms.length,
      flapping: alarms.some(({ row }) => row.state === "flapping"),
      progress: JSON.stringify(toProgress(takers, now + wait)),
      due_at: new Date(dueAt),
      grown_at: at,
      started_at: new Date(first),
      updated_at: at,
    })
    .returning("id")
    .executeTakeFirstOrThrow()
  await writeEvents(tx, [{ incidentId: id, kind: "opened", actor: "detector", text: title }], now)
  return id
}

const toProgress = (takers: readonly Route[], nextAt: number): Progress[] =>
  [...new Set(takers.map(({ policyId }) => policyId))].map((policyId) => ({ policyId, step: 0, round: 0, nextAt }))

export const toSuspicious = (
  row: Pick<AlarmRow, "id" | "severity" | "detection" | "score" | "started_at" | "title">,
) => ({
  ...row,
  startedAt: row.started_at.getTime(),
})

async function addAlarms(tx: Tx, id: string, alarms: readonly Joining[], now: number): Promise<void> {
  const ids = alarms.map(({ row }) => row.id)
  await sql`UPDATE alarm SET incident_id = ${id} WHERE id = ANY(${ids}::bigint[])`.execute(tx)
  const lines = alarms
    .slice(0, MOST_LINES)
    .map(
      ({ row }): NewEvent => ({ incidentId: id, kind: "alarm", actor: "detector", text: row.title, alarmId: row.id }),
    )
  const more = alarms.length - lines.length
  if (more > 0) lines.push({ incidentId: id, kind: "alarm", actor: "detector", text: `and ${more} more alarms` })
  await writeEvents(tx, lines, now)
}

/** An incident that has more alarms now: what they share shrinks, and people hear of it again only when it is graver. */
async function growIncident(tx: Tx, id: string, alarms: readonly Joining[], now: number): Promise<void> {
  const row = await tx.selectFrom("incident").selectAll().where("id", "=", id).forUpdate().executeTakeFirstOrThrow()
  const severity = toGravest([row.severity, ...alarms.map((alarm) => alarm.row.severity)])
  const graver = isGraver(severity, row.severity)
  const added = toProgress(
    alarms.flatMap(({ paths }) => paths.map((path) => path.at(-1) as Route)),
    now,
  ).filter(({ policyId }) => !row.progress.some((known) => known.policyId === policyId))
  const known = graver ? row.progress.map((one) => ({ ...one, step: 0, round: 0, nextAt: now })) : row.progress
  const at = new Date(now)
  const due = graver || added.length > 0
  await tx
    .updateTable("incident")
    .set({
      severity,
      ...(graver ? { state: "firing", acknowledged_at: null, acknowledged_by: null } : {}),
      group: JSON.stringify([row.group, ...alarms.map(({ group }) => group)].reduce(toShared)),
      progress: JSON.stringify([...known, ...added]),
      ...(due ? { due_at: new Date(Math.min(now, row.due_at?.getTime() ?? now)) } : {}),
      grown_at: at,
      updated_at: at,
    })
    .where("id", "=", id)
    .execute()
  if (graver)
    await writeEvents(
      tx,
      [{ incidentId: id, kind: "severity", actor: "detector", text: `${row.severity} before, ${severity} now` }],
      now,
    )
}
