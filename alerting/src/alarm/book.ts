/**
 * The alarms in PostgreSQL. A batch of looks, or a person's act, comes in; rows, history and outbox go out in one transaction.
 * Everything is decided from what the database holds, so nothing is lost or doubled by a restart.
 */
import { ServiceError } from "@ossagent/svrkit"
import type { Alarm } from "@ossagent/wire"
import type { Kysely, Transaction } from "kysely"
import type { Database } from "../database/types.ts"
import type { Batch } from "./condition.ts"
import { type OpenAlarm, toPlan, toSilenceWrites, type Write } from "./plan.ts"
import { type AlarmRow, toAlarm } from "./row.ts"
import type { ActiveSilence } from "./silence.ts"
import { type Actor, writeChanged, writeOpened, writeSides } from "./write.ts"

export interface BookDeps {
  db: Kysely<Database>
  recipients: readonly string[]
  /** More mails than this to one recipient at one look become a digest. */
  mostAtOnce: number
  now: () => number
  /** Told after the commit: ids of outbox rows to be sent, in no particular order. */
  onOutbox: (ids: string[]) => void
  /** Told after the commit: alarms whose state, silence or figures changed. */
  onChanged: (alarms: Alarm[]) => void
}

export interface Book {
  /** Applies one look. Returns how many alarms were opened, and how many changed state. */
  judge: (batch: Batch) => Promise<{ opened: number; moved: number }>
  acknowledge: (id: string, actor: Actor) => Promise<Alarm>
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
  const judge: Book["judge"] = async (batch) => {
    const { opened, changed, outbox } = await db.transaction().execute(async (tx) => {
      const open = await readOpen(tx, batch.ruleIds)
      const plan = toPlan({ open, batch, silences: await readSilences(tx, batch.at) })
      const kept = await writeOpened(tx, plan.opened)
      await writeChanged(tx, plan.changed)
      const outbox = await writeSides(tx, [...kept, ...plan.changed], { ...sidesOf(deps), at: batch.at })
      return { opened: kept, changed: plan.changed, outbox }
    })
    const moved = changed.filter((write) => write.event !== null)
    publish(deps, [...opened, ...changed], outbox)
    return { opened: opened.length, moved: moved.length }
  }
  return {
    judge,
    acknowledge: (id, actor) => act(deps, id, (row, told) => toAcknowledged({ row, told }, actor, deps.now())),
    resolve: (id, actor) => act(deps, id, (row, told) => toClosed({ row, told }, actor, deps.now())),
    closeRule: async (ruleId, actor) => {
      const rows = await db
        .selectFrom("alarm")
        .select("id")
        .where("rule_id", "=", ruleId)
        .where("state", "<>", "resolved")
        .execute()
      for (const { id } of rows) await act(deps, id, (row, told) => toClosed({ row, told }, actor, deps.now()))
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

const sidesOf = ({ recipients, mostAtOnce }: BookDeps) => ({ recipients, mostAtOnce })

function publish(deps: BookDeps, writes: Write[], outbox: string[]): void {
  if (outbox.length > 0) deps.onOutbox(outbox)
  if (writes.length > 0) deps.onChanged(writes.map(({ row }) => toAlarm(row)))
}

/** Locks the rows, so that a person's act and a look never work on the same state. */
async function readOpen(tx: Tx, ruleIds: readonly string[] | "all"): Promise<OpenAlarm[]> {
  if (ruleIds.length === 0) return []
  let open = tx.selectFrom("alarm").selectAll().where("state", "<>", "resolved")
  if (ruleIds !== "all") open = open.where("rule_id", "in", [...ruleIds])
  const rows = await open.orderBy("id").forUpdate().execute()
  const told = await readTold(
    tx,
    rows.map((row) => row.id),
  )
  return rows.map((row) => ({ row, told: told.has(row.id) }))
}

async function readTold(tx: Tx, ids: readonly string[]): Promise<Set<string | null>> {
  if (ids.length === 0) return new Set()
  const rows = await tx
    .selectFrom("outbox")
    .select("alarm_id")
    .distinct()
    .where("alarm_id", "in", [...ids])
    .where("kind", "=", "firing")
    .where("state", "<>", "skipped")
    .execute()
  return new Set(rows.map((row) => row.alarm_id))
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

/** One person's act on one alarm. */
async function act(deps: BookDeps, id: string, toWrite: (row: AlarmRow, told: boolean) => Write): Promise<Alarm> {
  const { write, outbox } = await deps.db.transaction().execute(async (tx) => {
    const row = await tx.selectFrom("alarm").selectAll().where("id", "=", id).forUpdate().executeTakeFirst()
    if (!row) throw new ServiceError("unknown_alarm", `cannot find alarm ${id}`)
    const write = toWrite(row, (await readTold(tx, [id])).has(id))
    await writeChanged(tx, [write])
    const outbox = await writeSides(tx, [write], { ...sidesOf(deps), at: deps.now() })
    return { write, outbox }
  })
  publish(deps, [write], outbox)
  return toAlarm(write.row)
}

async function applySilences(deps: BookDeps): Promise<void> {
  const at = deps.now()
  const { writes, outbox } = await deps.db.transaction().execute(async (tx) => {
    const writes = toSilenceWrites(await readOpen(tx, "all"), await readSilences(tx, at), at)
    await writeChanged(tx, writes)
    return { writes, outbox: await writeSides(tx, writes, { ...sidesOf(deps), at }) }
  })
  publish(deps, writes, outbox)
}

function toAcknowledged({ row }: OpenAlarm, { name, note }: Actor, now: number): Write {
  if (row.state !== "firing" && row.state !== "acknowledged")
    throw new ServiceError("not_open", `cannot acknowledge alarm ${row.id}: it is ${row.state}`)
  const at = new Date(now)
  const next: AlarmRow = {
    ...row,
    state: "acknowledged",
    acknowledged_at: at,
    acknowledged_by: name,
    updated_at: at,
  }
  const why = note ? `acknowledged: ${note}` : "acknowledged"
  return { row: next, event: { from: row.state, to: "acknowledged", why, actor: name }, mail: null }
}

function toClosed({ row, told }: OpenAlarm, { name, note }: Actor, now: number): Write {
  if (row.state === "resolved")
    throw new ServiceError("not_open", `cannot resolve alarm ${row.id}: it is resolved already`)
  const at = new Date(now)
  const next: AlarmRow = { ...row, state: "resolved", resolved_at: at, updated_at: at }
  const event = { from: row.state, to: "resolved" as const, why: note ? `closed: ${note}` : "closed", actor: name }
  const mail = told
    ? {
        kind: "resolved" as const,
        severity: row.severity,
        telling: { notify: true as const, why: "resolved" as const },
      }
    : null
  return { row: next, event, mail }
}

async function countOpen(db: Kysely<Database>): Promise<Record<Alarm["severity"], number>> {
  const rows = await db
    .selectFrom("alarm")
    .select(({ fn }) => ["severity", fn.countAll<string>().as("count")])
    .where("state", "in", ["firing", "acknowledged"])
    .where("silenced_by", "is", null)
    .groupBy("severity")
    .execute()
  const open = { info: 0, warning: 0, critical: 0 }
  for (const row of rows) open[row.severity] = Number(row.count)
  return open
}
