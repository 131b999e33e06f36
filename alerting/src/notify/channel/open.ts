/** The channels that are configured, opened when first used, closed when their document changes. */
import type { ChannelKind, Channel as Document } from "@ossagent/wire"
import { type Kysely, sql } from "kysely"
import type { Database } from "../../database/types.ts"
import type { OutboxRow } from "../outbox.ts"
import { type Channel, ChannelError } from "./channel.ts"
import { createFeishu } from "./feishu.ts"
import { type PacedChannel, withPause } from "./pause.ts"
import { CHANNEL_SCHEMAS, checkChannel, ownAddress } from "./schema.ts"
import { createSlack } from "./slack.ts"
import { createWebhook, type HttpDeps } from "./webhook.ts"
import { createWecom } from "./wecom.ts"

export interface OpenChannel extends PacedChannel {
  name: string
  /** Sender of mails, where the channel has its own. */
  from?: string
  /** Where it goes when it is told itself: as `ownAddress` says. */
  own: string | null
}

export interface Channels {
  /** The channel that a row goes out on: its own, else the first of its kind, else the built-in one. Throws ChannelError. */
  of: (row: Pick<OutboxRow, "channel" | "channel_id">) => Promise<OpenChannel>
  /** Closes those whose document is gone or switched off, and opens those that hear receipts. */
  tidy: () => Promise<void>
  stop: () => Promise<void>
}

/** Opens a channel from its document. `null`: the kind's built-in one serves it. */
export type Opener = (document: Document, secrets: Record<string, string>, id: string) => Channel | null

export interface ChannelsDeps extends HttpDeps {
  db: Kysely<Database>
  /** Those that need no document, by the settings of the service. */
  builtIn: Partial<Record<ChannelKind, Channel>>
  /** Those whose means are the caller's. */
  openers: Partial<Record<ChannelKind, Opener>>
  /** ms that never go back. */
  monotonic: () => number
}

interface Kept {
  version: string
  channel: OpenChannel
}

export function createChannels(deps: ChannelsDeps): Channels {
  const builtIn = new Map<ChannelKind, OpenChannel>()
  for (const [kind, channel] of Object.entries(deps.builtIn) as [ChannelKind, Channel][])
    builtIn.set(kind, { ...withPause(channel, deps.monotonic), name: kind, own: null })
  const open = new Map<string, Kept>()
  const ofDocument = (found: Found): OpenChannel => {
    const kept = open.get(found.id)
    if (kept?.version === found.version) return kept.channel
    if (kept) void kept.channel.stop().catch(() => undefined) // it is not used any more
    const channel = openDocument(deps, builtIn, found)
    open.set(found.id, { version: found.version, channel })
    return channel
  }
  return {
    of: async ({ channel: kind, channel_id }) => {
      const found = channel_id === null ? await readFirst(deps.db, kind) : await readOne(deps.db, channel_id)
      if (found) return ofDocument(found)
      const standard = builtIn.get(kind)
      if (standard) return standard
      throw new ChannelError(`cannot send by ${kind}: no such channel is configured`, { retry: false })
    },
    tidy: async () => {
      const documents = await readEnabled(deps.db)
      const ids = new Set(documents.map(({ id }) => id))
      for (const [id, { channel }] of open) {
        if (ids.has(id)) continue
        open.delete(id)
        await channel.stop()
      }
      for (const found of documents) if (found.document.kind === "sms" && isSound(found)) ofDocument(found)
    },
    stop: async () => {
      const all = [...builtIn.values(), ...[...open.values()].map(({ channel }) => channel)]
      await Promise.allSettled(all.map((channel) => channel.stop()))
    },
  }
}

interface Found {
  id: string
  version: string
  document: Document
  secrets: Record<string, string>
}

function openDocument(
  { allowPrivate, now, openers, monotonic }: ChannelsDeps,
  builtIn: Map<ChannelKind, OpenChannel>,
  found: Found,
): OpenChannel {
  const { document, secrets, id } = found
  const { kind, name, settings } = document
  const flaws = checkChannel(document, secrets)
  if (flaws.length > 0) {
    const why = flaws.map(({ path, message }) => `${path} ${message}`).join("; ")
    throw new ChannelError(`cannot send by ${name}: ${why}`, { retry: false })
  }
  const opened = (openers[kind] ?? STANDARD[kind])?.(document, secrets, id, { allowPrivate, now })
  const from = kind === "email" && typeof settings.from === "string" ? { from: settings.from } : {}
  const rest = { name, own: ownAddress(document), ...from }
  if (opened) return { ...withPause(opened, monotonic), ...rest }
  const standard = builtIn.get(kind)
  if (!standard)
    throw new ChannelError(`cannot send by ${name}: this installation has no ${kind} set up`, { retry: false })
  return { ...standard, ...rest, stop: async () => undefined }
}

type StandardOpener = (
  document: Document,
  secrets: Record<string, string>,
  id: string,
  http: HttpDeps,
) => Channel | null

/** Kinds that need nothing but their document. */
const STANDARD: Partial<Record<ChannelKind, StandardOpener>> = {
  webhook: ({ settings }, secrets, _, http) =>
    createWebhook(
      CHANNEL_SCHEMAS.webhook.settings.parse(settings),
      CHANNEL_SCHEMAS.webhook.secrets.parse(secrets),
      http,
    ),
  slack: (_, secrets, __, http) => createSlack(CHANNEL_SCHEMAS.slack.secrets.parse(secrets), http),
  feishu: (_, secrets, __, http) => createFeishu(CHANNEL_SCHEMAS.feishu.secrets.parse(secrets), http),
  wecom: (_, secrets, __, http) => createWecom(CHANNEL_SCHEMAS.wecom.secrets.parse(secrets), http),
}

const isSound = ({ document, secrets }: Found): boolean => checkChannel(document, secrets).length === 0

async function readEnabled(db: Kysely<Database>): Promise<Found[]> {
  const rows = await db.selectFrom("oncall").selectAll().where("kind", "=", "channel").execute()
  return rows.map(toFound).filter(({ document }) => document.enabled)
}

async function readOne(db: Kysely<Database>, id: string): Promise<Found> {
  const row = await db
    .selectFrom("oncall")
    .selectAll()
    .where("kind", "=", "channel")
    .where("id", "=", id)
    .executeTakeFirst()
  if (!row) throw new ChannelError("cannot send: the channel was removed", { retry: false })
  const found = toFound(row)
  if (!found.document.enabled)
    throw new ChannelError(`cannot send by ${found.document.name}: it is switched off`, { retry: false })
  return found
}

async function readFirst(db: Kysely<Database>, kind: ChannelKind): Promise<Found | undefined> {
  const row = await db
    .selectFrom("oncall")
    .selectAll()
    .where("kind", "=", "channel")
    .where(sql`body->>'kind'`, "=", kind)
    .where(sql`body->>'enabled'`, "=", "true")
    .orderBy("id")
    .executeTakeFirst()
  return row && toFound(row)
}

const toFound = (row: { id: string; body: unknown; secrets: Record<string, string>; updated_at: Date }): Found => ({
  id: row.id,
  version: row.updated_at.toISOString(),
  document: row.body as Document,
  secrets: row.secrets,
})
