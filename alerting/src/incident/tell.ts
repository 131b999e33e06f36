/**
 * Incidents of which something is due: inhibit → silence → maintain → route → escalate → repeat → address, each in one transaction with
 * its messages and its timeline. Rows are locked one by one and those that another process works on are left to it.
 */
import type { ChannelKind, Policy } from "@ossagent/wire"
import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql, type Transaction } from "kysely"
import type { Logger } from "pino"
import { type AlarmRow, toAlarm } from "../alarm/row.ts"
import type { Database, Progress } from "../database/types.ts"
import { readWorld, type World } from "../oncall/world.ts"
import { lockAlarms } from "./act.ts"
import { type Due, toDue, toEarliest } from "./decide.ts"
import { writeEvents } from "./event.ts"
import { toFacts, toSuspicious } from "./join.ts"
import { writeMessages } from "./message.ts"
import { findQuiet, type Quiet, type Quietable, type Reasons, toReasons } from "./quiet.ts"
import { type Reach, toReach } from "./recipients.ts"
import type { IncidentRow } from "./row.ts"
import { findSuspect, toTitle } from "./suspect.ts"

type Tx = Transaction<Database>

export interface TellerDeps {
  db: Kysely<Database>
  /** Kinds of channels that are set up by settings. */
  builtIn: () => ReadonlySet<ChannelKind>
  now: () => number
  /** Told after the commit: ids of messages that go out now. */
  onOutbox: (ids: string[]) => void
  /** Told after the commit: alarms that became quiet, or are no longer. */
  onChanged: (alarms: ReturnType<typeof toAlarm>[]) => void
  log: Logger
}

export interface Teller {
  /** Does what is due. Returns how many incidents it looked at. */
  turn: () => Promise<number>
}

/** Incidents in one turn; what is left comes in the next. */
const MOST = 200
const TOGETHER = 25
/** More news than this at once come to people as one digest. */
const MANY = 10
/** How often a quiet incident is looked at again. */
const QUIET_MS = 5_000
/** Clocks differ by so much without anybody having set one back. */
const CLOCK_MS = 10_000
/** The service whose trouble makes the IM an unsafe way out. */
const IM_SERVICE = "im"

export function createTeller(deps: TellerDeps): Teller {
  return {
    turn: async () => {
      const now = deps.now()
      const due = await deps.db
        .selectFrom("incident")
        .select(["id", "tellings", "state"])
        .where(isDue(now))
        .orderBy("due_at")
        .limit(MOST)
        .execute()
      if (due.length === 0) return 0
      const world = await readWorld(deps.db)
      const firing = world.inhibition.size > 0 ? await readFiring(deps.db) : []
      const many = due.filter(({ tellings, state }) => tellings === 0 || state === "resolved").length > MANY
      const turn = { world, reasons: toReasons(world, firing, now), many, now }
      for (let i = 0; i < due.length; i += TOGETHER)
        await tellSome(
          deps,
          due.slice(i, i + TOGETHER).map(({ id }) => id),
          turn,
        )
      return due.length
    },
  }
}

/** Also what was written in a future that a clock which was set back has taken away. */
const isDue =
  (now: number) =>
  (eb: ExpressionBuilder<Database, "incident">): Expression<SqlBool> =>
    eb.and([
      eb("due_at", "is not", null),
      eb.or([eb("due_at", "<=", new Date(now)), eb("updated_at", ">", new Date(now + CLOCK_MS))]),
    ])

/** Moves what is due back by as much as the clock was set back. */
function toNow(incident: IncidentRow, now: number): IncidentRow {
  const ahead = incident.updated_at.getTime() - now
  if (ahead <= CLOCK_MS) return incident
  const progress = incident.progress.map((one) => ({ ...one, nextAt: one.nextAt === null ? null : one.nextAt - ahead }))
  return { ...incident, progress, updated_at: new Date(now) }
}

async function readFiring(db: Kysely<Database>): Promise<Quietable[]> {
  const rows = await db
    .selectFrom("alarm")
    .selectAll()
    .where("state", "in", ["firing", "acknowledged", "flapping"])
    .execute()
  return rows.map(toQuietable)
}

const toQuietable = (row: AlarmRow): Quietable => ({
  ...toFacts(row),
  id: row.id,
  title: row.title,
  silencedBy: row.silenced_by,
})

interface Turn {
  world: World
  reasons: Reasons
  many: boolean
  now: number
}

interface OpenTurn extends Turn {
  /** The IM itself is in trouble: nobody waits for it, and the messages say so. */
  imIsPatient: boolean
}

interface Told {
  outbox: string[]
  changed: AlarmRow[]
}

/** Several in one transaction; when one of them fails, each in its own, so that it holds up nobody else. */
async function tellSome(deps: TellerDeps, ids: readonly string[], turn: Turn): Promise<void> {
  try {
    const { outbox, changed } = await deps.db.transaction().execute((tx) => tellLocked(tx, deps, ids, turn))
    if (outbox.length > 0) deps.onOutbox(outbox)
    if (changed.length > 0) deps.onChanged(changed.map(toAlarm))
  } catch (error) {
    if (ids.length === 1) throw error
    deps.log.warn({ err: error, incidents: ids }, "incidents not told together: each by itself")
    for (const id of ids) await tellSome(deps, [id], turn)
  }
}

async function tellLocked(tx: Tx, deps: TellerDeps, ids: readonly string[], turn: Turn): Promise<Told> {
  const alarms = await lockAlarms(tx, ids)
  const incidents = await tx
    .selectFrom("incident")
    .selectAll()
    .where("id", "in", [...ids])
    .where(isDue(turn.now))
    .orderBy("id")
    .forUpdate()
    .skipLocked()
    .execute()
  const told: Told = { outbox: [], changed: [] }
  for (const row of incidents) {
    const incident = toNow(row, turn.now)
    const open = alarms.filter(({ incident_id }) => incident_id === row.id)
    const { outbox, changed } =
      row.state === "resolved"
        ? { outbox: await tellResolved(tx, incident, turn), changed: [] }
        : await tellOpen(tx, deps, { incident, open, turn })
    told.outbox.push(...outbox)
    told.changed.push(...changed)
  }
  return told
}

interface Open {
  incident: IncidentRow
  open: readonly AlarmRow[]
  turn: Turn
}

async function tellOpen(tx: Tx, deps: TellerDeps, { incident, open, turn }: Open): Promise<Told> {
  const { quiet, changed } = await applyQuiet(tx, open, turn)
  if (quiet !== null) {
    await stayQuiet(tx, incident, quiet, turn.now)
    return { outbox: [], changed }
  }
  const suspect = findSuspect(open.map(toSuspicious))
  const title = suspect ? toTitle(suspect, incident.culprit, incident.alarms) : incident.title
  const titled = { ...incident, title, suspect_id: suspect?.id ?? incident.suspect_id, quiet: null }
  const imIsPatient = open.some(({ group }) => group.service === IM_SERVICE)
  return { outbox: await escalate(tx, deps, titled, { ...turn, imIsPatient }), changed }
}

/** Marks each alarm with why it is quiet. Returns the reason when all of them are. */
async function applyQuiet(tx: Tx, open: readonly AlarmRow[], { reasons }: Turn) {
  const found = open.map((row) => ({ row, quiet: findQuiet(toQuietable(row), reasons) }))
  const changed: AlarmRow[] = []
  for (const { row, quiet } of found) {
    const marked = toMarked(row, quiet)
    if (marked.inhibited_by === row.inhibited_by && marked.maintenance_by === row.maintenance_by) continue
    changed.push(marked)
  }
  if (changed.length > 0) await writeMarks(tx, changed)
  const all = found.length > 0 && found.every(({ quiet }) => quiet !== null)
  return { quiet: all ? (found[0]?.quiet ?? null) : null, changed }
}

const toMarked = (row: AlarmRow, quiet: Quiet | null): AlarmRow => ({
  ...row,
  inhibited_by: quiet?.by === "inhibition" ? quiet.id : null,
  maintenance_by: quiet?.by === "maintenance" ? quiet.id : null,
})

async function writeMarks(tx: Tx, rows: readonly AlarmRow[]): Promise<void> {
  const marks = JSON.stringify(
    rows.map(({ id, inhibited_by, maintenance_by }) => ({ id, inhibited_by, maintenance_by })),
  )
  await sql`
    UPDATE alarm AS a SET inhibited_by = n.inhibited_by, maintenance_by = n.maintenance_by
    FROM jsonb_populate_recordset(NULL::alarm, ${marks}::jsonb) AS n WHERE a.id = n.id`.execute(tx)
}

async function stayQuiet(tx: Tx, incident: IncidentRow, { why }: Quiet, now: number): Promise<void> {
  await tx
    .updateTable("incident")
    .set({ quiet: why, due_at: new Date(now + QUIET_MS), updated_at: new Date(now) })
    .where("id", "=", incident.id)
    .execute()
  if (incident.quiet === why) return
  await writeEvents(tx, [{ incidentId: incident.id, kind: "quiet", actor: "detector", text: `not told: ${why}` }], now)
}

/** Takes what is due of each policy. */
async function escalate(tx: Tx, deps: TellerDeps, incident: IncidentRow, turn: OpenTurn): Promise<string[]> {
  let { state, tellings } = incident
  const acknowledgedAt = incident.acknowledged_at?.getTime() ?? null
  const progress: Progress[] = []
  const outbox: string[] = []
  for (const one of incident.progress) {
    const policy = turn.world.policy.get(one.policyId)
    if (!policy || state === "resolved") continue
    let due: Due = toDue({ state, acknowledgedAt, tellings }, policy, one, turn.now)
    if (due.act === "reopen") {
      state = "firing"
      await writeReopened(tx, incident.id, turn.now)
      due = toDue({ state, acknowledgedAt, tellings }, policy, due.progress, turn.now)
    }
    progress.push(due.progress)
    if (due.act !== "step" && due.act !== "repeat") continue
    outbox.push(...(await tell(tx, deps, { incident: { ...incident, tellings }, due, policy, turn })))
    tellings++
  }
  await tx
    .updateTable("incident")
    .set({
      title: incident.title,
      suspect_id: incident.suspect_id,
      quiet: null,
      updated_at: new Date(turn.now),
      tellings,
      state,
      ...(state === "firing" ? { acknowledged_at: null, acknowledged_by: null } : {}),
      progress: JSON.stringify(progress),
      due_at: toDate(toEarliest(progress.map(({ nextAt }) => nextAt))),
    })
    .where("id", "=", incident.id)
    .execute()
  return outbox
}

const toDate = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))

async function writeReopened(tx: Tx, incidentId: string, now: number): Promise<void> {
  await tx
    .updateTable("alarm")
    .set({ state: "firing", acknowledged_at: null, acknowledged_by: null })
    .where("incident_id", "=", incidentId)
    .where("state", "=", "acknowledged")
    .execute()
  const text = "the acknowledgement has run out and it still fires"
  await writeEvents(tx, [{ incidentId, kind: "reopened", actor: "escalation", text }], now)
}

interface Tell {
  incident: IncidentRow
  due: Extract<Due, { act: "step" | "repeat" }>
  policy: Policy
  turn: OpenTurn
}

async function tell(tx: Tx, deps: TellerDeps, { incident, due, policy, turn }: Tell): Promise<string[]> {
  const { world, imIsPatient, now } = turn
  const { severity } = incident
  const ask = { severity, world, builtIn: deps.builtIn(), allAtOnce: imIsPatient, now }
  const reach = toReach({ ...ask, targets: due.targets })
  const { recipients, unreached } = reach.recipients.length > 0 ? reach : toLastResort(reach, ask)
  const { kind } = due
  const telling = {
    incidentId: incident.id,
    alarmId: incident.suspect_id,
    kind,
    severity,
    serial: incident.tellings + 1,
    note: imIsPatient ? "im-is-patient" : "",
    many: turn.many,
    at: now,
  }
  const outbox = await writeMessages(tx, telling, recipients)
  const whom = recipients.map(({ contactName, channelName, address }) => `${contactName ?? address} (${channelName})`)
  const told = whom.length > 0 ? `told ${[...new Set(whom)].join(", ")}` : "nobody could be told"
  const text = [`${policy.name}: ${told}`, ...unreached].join("; ")
  const event = kind === "firing" ? "told" : kind
  await writeEvents(tx, [{ incidentId: incident.id, kind: event, actor: "escalation", text }], now)
  return outbox
}

/** When a step reaches nobody, everybody who has an e-mail address is told: an alarm that nobody hears is none. */
function toLastResort(reach: Reach, ask: Omit<Parameters<typeof toReach>[0], "targets">): Reach {
  const { world } = ask
  const plain = new Map([...world.contact].map(([id, contact]) => [id, { ...contact, preferences: [] }]))
  const targets = [...plain.keys()].map((id) => ({ kind: "contact" as const, id }))
  const everybody = toReach({ ...ask, targets, world: { ...world, contact: plain } })
  return { recipients: everybody.recipients, unreached: [...reach.unreached, "so everybody was told"] }
}

/** Tells those who were told that it fires; whoever was to be told and was not yet is not told any more. */
async function tellResolved(tx: Tx, incident: IncidentRow, { world, many, now }: Turn): Promise<string[]> {
  await tx.updateTable("incident").set({ due_at: null }).where("id", "=", incident.id).execute()
  const policies = incident.progress.map(({ policyId }) => world.policy.get(policyId))
  if (incident.tellings === 0 || policies.every((policy) => policy?.tellResolved === false)) return []
  const rows = await tx
    .selectFrom("outbox")
    .selectAll()
    .where("incident_id", "=", incident.id)
    .where("kind", "<>", "resolved")
    .where("state", "not in", ["skipped", "waiting"])
    .orderBy("id")
    .execute()
  const at = new Date(now)
  await tx
    .updateTable("outbox")
    .set({ state: "skipped", detail: "resolved before its turn", touched_at: at })
    .where("incident_id", "=", incident.id)
    .where("state", "=", "waiting")
    .execute()
  const recipients = rows.map((row) => ({
    channel: row.channel,
    channelId: row.channel_id,
    channelName: row.channel,
    contactId: row.contact_id,
    contactName: null,
    language: row.language,
    address: row.recipient,
    afterSec: 0,
    order: 0,
    why: "was told that it fires",
  }))
  return writeMessages(
    tx,
    {
      incidentId: incident.id,
      alarmId: incident.suspect_id,
      kind: "resolved",
      severity: incident.severity,
      serial: incident.tellings + 1,
      note: "",
      many,
      at: now,
    },
    recipients,
  )
}
