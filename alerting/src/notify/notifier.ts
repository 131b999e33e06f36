/**
 * Outbox rows to messages. `wake` is called after each commit that made rows; a sweep adds what a crash or an outage left, sends what
 * waited for another channel in vain, merges what is over the rate into digests, and keeps the mailbox within its bounds.
 */
import type { Agent } from "@ossagent/agent"
import type { Logger } from "pino"
import type { Outgoing } from "./channel/channel.ts"
import type { Channels } from "./channel/open.ts"
import type { Compose } from "./compose.ts"
import { createDeliver } from "./deliver.ts"
import { createKeepCopy, type Mailbox } from "./mailbox.ts"
import type { Outbox, OutboxRow } from "./outbox.ts"
import { type MessageQueue, startQueue } from "./queue.ts"

export interface NotifierDeps {
  url: string
  outbox: Outbox
  channels: Channels
  compose: Compose
  mailbox: Mailbox
  /** Mails that go out are kept for the dashboard; those for the local server are kept by that. */
  keepCopies: boolean
  random: () => number
  log: Logger
  agent: Agent
  sweepMs: number
  /** Time for one message, ms. */
  sendMs: number
}

export interface Notifier {
  wake: (ids: readonly string[]) => void
  stop: () => Promise<void>
}

/** A row this old without a job has lost it. */
const LOST_MS = 5_000
const CLEAN_EVERY = 300
const TIDY_EVERY = 15
const AT_ONCE = 8

export async function startNotifier(deps: NotifierDeps): Promise<Notifier> {
  const { outbox, log, agent } = deps
  const results = agent.counter("alerting.messages", { unit: "{message}" })
  const waiting = agent.gauge("alerting.outbox.waiting", { unit: "{message}" })
  const stopping = new AbortController()
  // the sweep adds what this cannot
  const wake = (ids: readonly string[]): void => {
    if (ids.length === 0) return
    queue.add(ids).catch((error: unknown) => log.warn({ err: error }, "jobs not added now: the sweep will"))
  }
  const keepCopy = deps.keepCopies ? createKeepCopy(deps.mailbox, log) : async (_: Outgoing, __: OutboxRow) => undefined
  const deliver = createDeliver({
    ...deps,
    keepCopy,
    stopping: stopping.signal,
    onResult: (result, channel) => results.with({ result, channel }).inc(),
    onPassedOn: wake,
  })
  const queue = await startQueue({ ...deps, concurrency: AT_ONCE, deliver })
  const sweep = async (ageMs: number, round: number): Promise<void> => {
    const lost = [...(await outbox.mergeHeld()), ...(await outbox.passOnDue()), ...(await outbox.readLost(ageMs))]
    if (lost.length > 0) await queue.add(lost)
    waiting.set(await outbox.countWaiting())
    if (round % CLEAN_EVERY === 0) await deps.mailbox.clean()
    if (round % TIDY_EVERY === 0) await deps.channels.tidy()
  }
  const loop = startLoop(sweep, deps.sweepMs, log)
  return {
    wake,
    stop: async () => {
      await loop.stop()
      await stopWithin(queue, stopping)
    },
  }
}

function startLoop(sweep: (ageMs: number, round: number) => Promise<void>, everyMs: number, log: Logger) {
  let timer: NodeJS.Timeout
  let stopped = false
  let round = 0
  let running: Promise<void> = Promise.resolve()
  const turn = async (): Promise<void> => {
    try {
      await sweep(round === 0 ? 0 : LOST_MS, round)
      round++
    } catch (error) {
      log.warn({ err: error }, "outbox not swept: tried again")
    }
    if (!stopped) timer = setTimeout(next, everyMs)
  }
  const next = () => {
    running = turn()
  }
  next()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

const FINISH_MS = 2_000
const MOST_STOP_MS = 5_000

/** Messages under way may finish for a moment, then they are cut; a database that is away must not hold the process. */
async function stopWithin(queue: MessageQueue, stopping: AbortController): Promise<void> {
  const cut = setTimeout(() => stopping.abort(new Error("the service stops")), FINISH_MS)
  const late = new Promise<void>((resolve) => setTimeout(resolve, MOST_STOP_MS).unref())
  await Promise.race([queue.stop(), late])
  clearTimeout(cut)
}
