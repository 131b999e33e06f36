/**
 * Outbox rows to mails. `wake` is called after each commit that made rows; a sweep adds what a crash or an outage left, merges what is
 * over the rate into digests, and keeps the mailbox within its bounds.
 */
import type { Agent } from "@ossagent/agent"
import type { Logger } from "pino"
import { createDeliver } from "./deliver.ts"
import type { Mailbox } from "./mailbox.ts"
import type { Outbox, OutboxRow } from "./outbox.ts"
import { type MailQueue, startQueue } from "./queue.ts"

export interface NotifierDeps {
  url: string
  outbox: Outbox
  mailbox: Mailbox
  send: (row: OutboxRow) => Promise<void>
  random: () => number
  log: Logger
  agent: Agent
  sweepMs: number
}

export interface Notifier {
  wake: (ids: readonly string[]) => void
  stop: () => Promise<void>
}

/** A row this old without a job has lost it. */
const LOST_MS = 5_000
const CLEAN_EVERY = 300

export async function startNotifier(deps: NotifierDeps): Promise<Notifier> {
  const { outbox, log, agent } = deps
  const results = agent.counter("alerting.mails", { unit: "{mail}" })
  const waiting = agent.gauge("alerting.outbox.waiting", { unit: "{mail}" })
  const deliver = createDeliver({ ...deps, onResult: (result) => results.with({ result }).inc() })
  const queue = await startQueue({ ...deps, concurrency: 4, deliver })
  const sweep = async (ageMs: number, round: number): Promise<void> => {
    const lost = [...(await outbox.mergeHeld()), ...(await outbox.readLost(ageMs))]
    if (lost.length > 0) await queue.add(lost)
    waiting.set(await outbox.countWaiting())
    if (round % CLEAN_EVERY === 0) await deps.mailbox.clean()
  }
  const loop = startLoop(sweep, deps.sweepMs, log)
  return {
    wake: (ids) => {
      // the sweep adds what this cannot
      queue.add(ids).catch((error: unknown) => log.warn({ err: error }, "jobs not added now: the sweep will"))
    },
    stop: async () => {
      await loop.stop()
      await stopWithin(queue, 5_000)
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

/** Closing waits for mails under way; a database that is away must not hold the process. */
async function stopWithin(queue: MailQueue, ms: number): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, ms).unref())
  await Promise.race([queue.stop(), late])
}
