/**
 * The alarms in PostgreSQL. A batch of looks, or a person's act, comes in; alarms, their history and the incidents they belong to change
 * in one transaction. Everything is decided from what the database holds, so nothing is lost or doubled by a restart.
 */
import { ServiceError } from "@ossagent/svrkit"
import type { Alarm, Route } from "@ossagent/wire"
import { type Kysely, sql, type Transaction } from "kysely"
import type { Database } from "../database/types.ts"
import { type Joined, joinIncidents } from "../incident/join.ts"
import { settleIncidents } from "../incident/settle.ts"
import type { Batch } from "./condition.ts"
import { FLAP_WITHIN_MS } from "./decide.ts"
import { toPlan, toSilenceWrites, type Write } from "./plan.ts"
import { type AlarmRow, toAlarm } from "./row.ts"
import type { ActiveSilence } from "./silence.ts"
import { type Actor, writeChanged, writeHistory, writeOpened } from "./write.ts"

export interface BookDeps {
  db: Kysely<Database>
  now: () => number
  /** Told after the commit: incidents that changed, and those among them that are new. */
  onIncidents: (joined: Joined) => void
  /** Told after the commit: alarms whose state, silence or figures changed. */
  onChanged: (alarms: Alarm[]) => void
}

export interface Book {
  /** Applies one look. Returns how many alarms were opened, and how many changed state. */
  judge: (batch: Batch) => Promise<{ opened: number; moved: number }>
  resolve: (id: string, actor: Actor) => Promise<Alarm>
  /** Closes the open alarms of a rule that was removed or switched off. */
  closeRule: (ruleId: string, actor: Actor) => Promise<void>
  /** Looks anew at which open alarms are silenced. */
  applySilences: () => Promise<void>
  /** Fingerprints of the open alarms of these rules. */
  readOpenPrints: (ruleIds: readonly string[]) => Promise<ReadonlySet<string>>
  countOpen: () => Promise<Record<Alarm["severity"], number>>
}

type Tx = Transaction<Database>

export function createBook(deps: BookDeps): Book {
  const { db } = deps
  return {
    judge: async (batch) => {
      const { opened, changed, joined } = await db.transaction().execute((tx) => judge(tx, batch))
      publish(deps, [...opened, ...changed], joined)
      return { opened: opened.length, moved: changed.filter(({ event }) => event !== null).length }
    },
    resolve: (id, actor) => close(deps, id, actor),
    closeRule: async (ruleId, actor) => {
      const rows = await db
        .selectFrom("alarm")
        .select("id")
        .where("rule_id", "=", ruleId)
        .where("state", "<>", "resolved")
        .execute()
      for (const { id } of rows) await close(deps, id, actor)
    },
    applySilences: () => applySilences(deps),
    readOpenPrints: async (ruleIds) => {
      const open = db.selectFrom("alarm").select("fingerprint").where("state", "<>", "resolved")
      const rows = await open.where("rule_id", "in", [...ruleIds]).execute()
      return new Set(rows.map((row) => row.fingerprint))
    },
    countOpen: () => countOpen(db),
  }
}

function publish(deps: BookDeps, writes: readonly Write[], joined: Joined): void {
  if (joined.ids.length > 0) deps.onIncidents(joined)
  if (writes.length > 0) deps.onChanged(writes.map(({ row }) => toAlarm(row)))
}

async function judge(tx: Tx, batch: Batch) {
  const open = await readOpen(tx, batch.ruleIds)
  const silences = await readSilences(tx, batch.at)
  const plan = toPlan({ open, batch, silences, flaps: await readFlaps(tx, open, batch) })
  const opened = await writeOpened(tx, plan.opened)
  await writeChanged(tx, plan.changed)
  const writes = [...opened, ...plan.changed]
  await writeHistory(tx, writes, batch.at)
  const joined = await joinIncidents(tx, writes.map(({ row }) => row).filter(isNew), await readRoot(tx), batch.at)
  const ids = [...joined.ids, ...toMoved(plan.changed)]
  await settleIncidents(tx, ids, "detector", batch.at)
  return { opened, changed: plan.changed, joined: { ...joined, ids } }
}

const isNew = (row: AlarmRow): boolean =>
  row.incident_id === null && (row.state === "firing" || row.state === "flapping")

const toMoved = (writes: readonly Write[]): string[] =>
  writes.flatMap(({ row, event }) => (event !== null && row.incident_id !== null ? [row.incident_id] : []))

/** Locks the rows, so that a person's act and a look never work on the same state. */
async function readOpen(tx: Tx, ruleIds: readonly string[] | "all"): Promise<AlarmRow[]> {
  if (ruleIds.length === 0) return []
  let open = tx.selectFrom("alarm").selectAll().where("state", "<>", "resolved")
  if (ruleIds !== "all") open = open.where("rule_id", "in", [...ruleIds])
  return open.orderBy("id").forUpdate().execute()
}

/** How often what may begin to fire now has fired and resolved lately. */
async function readFlaps(tx: Tx, open: readonly AlarmRow[], { conditions, at }: Batch): Promise<Map<string, number>> {
  const settled = new Set(open.filter(({ state }) => state !== "pending").map(({ fingerprint }) => fingerprint))
  const asked = conditions.filter(({ verdict, fingerprint }) => verdict === "bad" && !settled.has(fingerprint))
  if (asked.length === 0) return new Map()
  const { rows } = await sql<{ fingerprint: string; count: number }>`
    SELECT fingerprint, count(*)::int AS count FROM alarm
    WHERE fingerprint = ANY(${asked.map(({ fingerprint }) => fingerprint)}) AND state = 'resolved' AND fired_at IS NOT NULL
      AND resolved_at > ${new Date(at - FLAP_WITHIN_MS)}
    GROUP BY fingerprint`.execute(tx)
  return new Map(rows.map(({ fingerprint, count }) => [fingerprint, count]))
}

async function readSilences(tx: Tx, now: number): Promise<ActiveSilence[]> {
  const rows = await tx
    .selectFrom("silence")
    .select(["id", "matchers", "until"])
    .where("ended_at", "is", null)
    .where("until", ">", new Date(now))
    .orderBy("id")
    .execute()
  return rows.map(({ id, matchers, until }) => ({ id, matchers, until: until.getTime() }))
}

async function readRoot(tx: Tx): Promise<Route | null> {
  const row = await tx.selectFrom("oncall").select("body").where("kind", "=", "route").executeTakeFirst()
  return (row?.body as Route | undefined) ?? null
}

/** A person closes what will not come back. */
async function close(deps: BookDeps, id: string, actor: Actor): Promise<Alarm> {
  const at = deps.now()
  const write = await deps.db.transaction().execute(async (tx) => {
    const row = await tx.selectFrom("alarm").selectAll().where("id", "=", id).forUpdate().executeTakeFirst()
    if (!row) throw new ServiceError("unknown_alarm", `cannot find alarm ${id}`)
    const write = toClosed(row, actor, at)
    await writeChanged(tx, [write])
    await writeHistory(tx, [write], at)
    await settleIncidents(tx, toMoved([write]), actor.name, at)
    return write
  })
  publish(deps, [write], { opened: [], ids: toMoved([write]) })
  return toAlarm(write.row)
}

async function applySilences(deps: BookDeps): Promise<void> {
  const at = deps.now()
  const writes = await deps.db.transaction().execute(async (tx) => {
    const writes = toSilenceWrites(await readOpen(tx, "all"), await readSilences(tx, at), at)
    await writeChanged(tx, writes)
    await writeHistory(tx, writes, at)
    return writes
  })
  publish(deps, writes, { opened: [], ids: [] })
}

function toClosed(row: AlarmRow, { name, note }: Actor, now: number): Write {
  if (row.state === "resolved")
    throw new ServiceError("not_open", `cannot resolve alarm ${row.id}: it is resolved already`)
  const at = new Date(now)
  const next: AlarmRow = { ...row, state: "resolved", resolved_at: at, updated_at: at }
  return {
    row: next,
    event: { from: row.state, to: "resolved", why: note ? `closed: ${note}` : "closed", actor: name },
  }
}

async function countOpen(db: Kysely<Database>): Promise<Record<Alarm["severity"], number>> {
  const rows = await db
    .selectFrom("alarm")
    .select(({ fn }) => ["severity", fn.countAll<string>().as("count")])
    .where("state", "in", ["firing", "acknowledged", "flapping"])
    .where("silenced_by", "is", null)
    .groupBy("severity")
    .execute()
  const open = { info: 0, warning: 0, critical: 0 }
  for (const row of rows) open[row.severity] = Number(row.count)
  return open
}
