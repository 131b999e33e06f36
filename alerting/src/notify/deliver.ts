/** One outbox row on its way: its channel, its claim, its message, and what became of it. */
import type { ChannelKind } from "@ossagent/wire"
import type { Logger } from "pino"
import { type Channel, ChannelError, type Outgoing, type Taken } from "./channel/channel.ts"
import type { Channels, OpenChannel } from "./channel/open.ts"
import type { Compose } from "./compose.ts"
import type { Outbox, OutboxRow } from "./outbox.ts"
import { LaterError, UnrecoverableError } from "./queue.ts"

export type Result = "sent" | "failed" | "held"

export interface DeliverDeps {
  outbox: Outbox
  channels: Channels
  compose: Compose
  /** Keeps a copy of a mail that went out. The message is out already: a fault of it is only logged. */
  keepCopy: (message: Outgoing, row: OutboxRow) => Promise<void>
  log: Logger
  onResult: (result: Result, channel: ChannelKind) => void
  /** Rows that go out instead of one that did not. */
  onPassedOn: (ids: readonly string[]) => void
  /** Aborted when the service stops. */
  stopping: AbortSignal
  /** Time for one message, ms. */
  sendMs: number
}

/**
 * Sends one outbox row and records it. Throws LaterError when its channel is not to be asked now, UnrecoverableError when the row
 * has failed, and anything else when it is to be tried again.
 *
 * @param last no further try comes
 */
export type Deliver = (id: string, last: boolean) => Promise<void>

/** Rows that this process claimed and whose end it could not record; more are left to their time in `sending`. */
const MOST_OPEN = 10_000

/**
 * What this process knows to be sent is remembered until that is recorded, so that a database that goes away in between does not cause
 * a second message; and what it claimed but does not send it may claim again at once.
 */
export function createDeliver(deps: DeliverDeps): Deliver {
  const { outbox, log, onResult } = deps
  const active = new Set<string>()
  const open = new Set<string>()
  const unrecorded = new Map<string, { taken: Taken; channel: OpenChannel }>()
  const record = async (id: string): Promise<void> => {
    const { taken, channel } = unrecorded.get(id) as { taken: Taken; channel: OpenChannel }
    await outbox.recordSent(id, taken, channel.receipts)
    unrecorded.delete(id)
    open.delete(id)
  }
  const deliver: Deliver = async (id, last) => {
    if (unrecorded.has(id)) return await record(id)
    const row = await outbox.peek(id)
    if (!row) return log.debug({ outbox: id }, "nothing to send")
    const channel = await findChannel(deps, row)
    const own = open.has(id)
    if (open.size < MOST_OPEN) open.add(id)
    const claim = await outbox.claim(id, own)
    if (!claim.send) {
      open.delete(id)
      if (claim.why === "over the rate") onResult("held", row.channel)
      return log.debug({ outbox: id, why: claim.why }, "nothing to send")
    }
    if (claim.inDoubt) log.warn({ outbox: id }, "sent again under the same id: it is not known whether it went out")
    const taken = await trySend(deps, { row: claim.row, channel, last, onRecorded: () => open.delete(id) })
    unrecorded.set(id, { taken, channel })
    onResult("sent", row.channel)
    await record(id)
  }
  return async (id, last) => {
    if (active.has(id)) return // a job that was taken for dead
    active.add(id)
    try {
      await deliver(id, last)
    } finally {
      active.delete(id)
    }
  }
}

/** So that a channel that is back is used soon, also by those that were told to wait. */
const MOST_LATER_MS = 5_000

/** A channel that is away or asked for a pause is left alone, and the next one goes at once. */
async function findChannel(deps: DeliverDeps, row: OutboxRow): Promise<OpenChannel> {
  const { outbox, channels, onPassedOn } = deps
  let channel: OpenChannel
  try {
    channel = await channels.of(row)
  } catch (error) {
    throw await refuse(deps, row, { error: error as Error, last: false, onRecorded: () => undefined })
  }
  const { ms, why, away } = channel.wait()
  if (ms <= 0) return channel
  if (away) onPassedOn(await outbox.passOn(row, `${row.channel} failed: ${why}`))
  throw new LaterError(Math.min(ms, MOST_LATER_MS))
}

interface Try {
  row: OutboxRow
  channel: OpenChannel
  last: boolean
  onRecorded: () => void
}

async function trySend(deps: DeliverDeps, { row, channel, last, onRecorded }: Try): Promise<Taken> {
  try {
    const message = await deps.compose(row, channel)
    const taken = await sendWithin(channel, message, deps)
    await deps.keepCopy(message, row)
    return taken
  } catch (error) {
    throw await refuse(deps, row, { error: error as Error, last, onRecorded })
  }
}

async function sendWithin(channel: Channel, message: Outgoing, { stopping, sendMs }: DeliverDeps): Promise<Taken> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${sendMs / 1_000} s`)), sendMs)
  try {
    return await channel.send(message, AbortSignal.any([limit.signal, stopping]))
  } finally {
    clearTimeout(timer)
  }
}

interface Refusal {
  error: Error
  last: boolean
  onRecorded: () => void
}

/** Records the fault. Returns what the queue is to be told. */
async function refuse(deps: DeliverDeps, row: OutboxRow, { error, last, onRecorded }: Refusal): Promise<Error> {
  const known = error instanceof ChannelError ? error : null
  const final = last || known?.retry === false
  const away = known?.away ?? false
  const next = await deps.outbox.recordFault(row.id, { why: error.message, final, away })
  onRecorded()
  deps.onPassedOn(next)
  if (!final) return error
  deps.onResult("failed", row.channel)
  return new UnrecoverableError(error.message)
}
