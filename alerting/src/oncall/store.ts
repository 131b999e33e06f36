/** The documents about people in PostgreSQL: listed, checked, changed, audited. */
import { parse, ServiceError } from "@ossagent/svrkit"
import type { Channel, OnCallDocuments, OnCallKind, Stored } from "@ossagent/wire"
import { type Kysely, type Selectable, sql, type Transaction } from "kysely"
import { type Actor, writeAudit } from "../alarm/write.ts"
import type { Database } from "../database/types.ts"
import { checkChannel } from "../notify/channel/schema.ts"
import { checkTemplate } from "../notify/text/check.ts"
import { findFault, findNamed } from "./reference.ts"
import { ONCALL_SCHEMAS } from "./schema.ts"
import { MOST_OF_A_KIND, toWorld, type World } from "./world.ts"

type Tx = Transaction<Database>
type Row = Selectable<Database["oncall"]>
export type Item<K extends OnCallKind = OnCallKind> = OnCallDocuments[K] & Stored & { hasSecret?: boolean }

export interface OnCallStore {
  list: (kind: OnCallKind) => Promise<Item[]>
  create: (kind: OnCallKind, body: unknown, actor: Actor) => Promise<Item>
  change: (kind: OnCallKind, id: string, body: unknown, actor: Actor) => Promise<Item>
  remove: (kind: OnCallKind, id: string, actor: Actor) => Promise<Item>
}

/** Any number, the same in every process: two changes at once could each remove what the other names. */
const LOCK = 7_072_002

export function createOnCallStore(db: Kysely<Database>, now: () => number): OnCallStore {
  const change = <T>(act: (tx: Tx) => Promise<T>): Promise<T> =>
    db.transaction().execute(async (tx) => {
      await sql`SELECT pg_advisory_xact_lock(${LOCK})`.execute(tx)
      return act(tx)
    })
  return {
    list: async (kind) => {
      const rows = await db.selectFrom("oncall").selectAll().where("kind", "=", kind).orderBy("id").execute()
      return rows.map(toItem)
    },
    create: (kind, body, actor) => change((tx) => create(tx, { kind, body, actor, now: now() })),
    change: (kind, id, body, actor) => change((tx) => update(tx, { kind, id, body, actor, now: now() })),
    remove: (kind, id, actor) => change((tx) => remove(tx, { kind, id, actor, now: now() })),
  }
}

interface Change {
  kind: OnCallKind
  actor: Actor
  now: number
}

async function create(tx: Tx, { kind, body, actor, now }: Change & { body: unknown }) {
  if (kind === "route")
    throw new ServiceError("bad_request", "cannot make a second routing tree: change the one there is")
  const others = await readAll(tx)
  if (others.filter((row) => row.kind === kind).length >= MOST_OF_A_KIND)
    throw new ServiceError("bad_request", `cannot keep more than ${MOST_OF_A_KIND} of ${kind}`)
  const checked = toChecked(kind, body, {}, { others })
  const row = await tx
    .insertInto("oncall")
    .values({ kind, ...toColumns(checked), updated_at: new Date(now), updated_by: actor.name })
    .returningAll()
    .executeTakeFirstOrThrow()
  await audit(tx, "created", row, { kind, actor, now })
  return toItem(row)
}

async function update(tx: Tx, { kind, id, body, actor, now }: Change & { id: string; body: unknown }) {
  const others = await readAll(tx)
  const before = take(others, kind, id)
  const checked = toChecked(kind, body, before.secrets, { others: others.filter((row) => row.id !== id), id })
  const row = await tx
    .updateTable("oncall")
    .set({ ...toColumns(checked), updated_at: new Date(now), updated_by: actor.name })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await audit(tx, "changed", row, { kind, actor, now })
  return toItem(row)
}

async function remove(tx: Tx, { kind, id, actor, now }: Change & { id: string }) {
  const rows = await readAll(tx)
  const row = take(rows, kind, id)
  if (row.built_in !== null)
    throw new ServiceError(
      "built_in",
      `cannot remove ${kind} ${toName(row)}: it comes with the product; change it instead`,
    )
  const user = findNamed({ kind, id }, toWorld(rows))
  if (user) throw new ServiceError("in_use", `cannot remove ${kind} ${toName(row)}: ${user} names it`)
  await tx.deleteFrom("oncall").where("id", "=", id).execute()
  await audit(tx, "removed", row, { kind, actor, now })
  return toItem(row)
}

const readAll = (tx: Tx): Promise<Row[]> => tx.selectFrom("oncall").selectAll().execute()

function take(rows: readonly Row[], kind: OnCallKind, id: string): Row {
  const row = rows.find((one) => one.id === id && one.kind === kind)
  if (!row) throw new ServiceError("unknown_document", `cannot find ${kind} ${id}`)
  return row
}

interface Checked {
  body: OnCallDocuments[OnCallKind]
  secrets: Record<string, string>
}

function toChecked(
  kind: OnCallKind,
  body: unknown,
  kept: Record<string, string>,
  { others, id }: { others: readonly Row[]; id?: string },
): Checked {
  const document = parse(ONCALL_SCHEMAS[kind], body, "body") as OnCallDocuments[OnCallKind]
  if (others.some((row) => row.kind === kind && toName(row) === document.name))
    throw new ServiceError("bad_request", `cannot save ${kind}: the name ${document.name} is taken`, {
      where: "body.name",
    })
  const world: World = toWorld(others)
  const fault = findFault(kind, document, world)
  if (fault)
    throw new ServiceError("bad_request", `cannot save ${kind}: ${fault.why}`, { where: `body.${fault.where}` })
  if (kind === "template") refuse(toTemplateFlaw(document as OnCallDocuments["template"]), kind)
  if (kind !== "channel") return { body: document, secrets: {} }
  const { secrets: given, ...channel } = document as Channel
  const secrets = { ...(id === undefined ? {} : kept), ...given }
  refuse(checkChannel(channel, secrets)[0] ?? null, kind)
  return { body: channel, secrets }
}

function refuse(flaw: { path: string; message: string } | null, kind: OnCallKind): void {
  if (flaw)
    throw new ServiceError("bad_request", `cannot save ${kind}: ${flaw.path} ${flaw.message}`, {
      where: `body.${flaw.path}`,
    })
}

function toTemplateFlaw(template: OnCallDocuments["template"]): { path: string; message: string } | null {
  const [flaw] = checkTemplate(template)
  if (!flaw) return null
  const where = flaw.line > 0 ? ` (line ${flaw.line}, column ${flaw.column})` : ""
  return { path: flaw.field, message: `${flaw.message}${where}` }
}

const toColumns = ({ body, secrets }: Checked) => ({ body: JSON.stringify(body), secrets: JSON.stringify(secrets) })

const toName = (row: Row): string => row.body.name

function toItem(row: Row): Item {
  return {
    ...row.body,
    id: row.id,
    builtIn: row.built_in !== null,
    updatedAt: row.updated_at.getTime(),
    updatedBy: row.updated_by,
    ...(row.kind === "channel" ? { hasSecret: Object.keys(row.secrets).length > 0 } : {}),
  } as Item
}

/** Secrets are not in the body, so they are not in the audit. */
function audit(tx: Tx, what: string, row: Row, { kind, actor, now }: Change): Promise<void> {
  const detail = `${kind} ${row.id} ${JSON.stringify(row.body)}`.slice(0, 4_000)
  return writeAudit(tx, { actor: actor.name, action: `${kind} ${what}`, detail, at: now })
}
