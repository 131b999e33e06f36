import { toGuardedClient } from "@ossagent/svrkit/postgres"
import { createPostgresBackend, DelayedError, type Job, UnrecoverableError, withBackend } from "bullmq"
import pg from "pg"
import type { Logger } from "pino"
import { ChannelError } from "./channel/channel.ts"

const { Queue, Worker } = withBackend(createPostgresBackend)

/** BullMQ's own schema: with a pool of ours it takes no other. */
const SEARCH_PATH = "-c search_path=bullmq"
const QUEUE = "ossagent-mail"
/** About a day of them. */
const ATTEMPTS = 1_500
const LOCK_MS = 10_000

export interface QueueDeps {
  url: string
  concurrency: number
  /** 0 ≤ x < 1. */
  random: () => number
  log: Logger
  /** Sends one outbox row. Throws when it is to be tried again, {@link UnrecoverableError} when not. */
  deliver: (id: string, last: boolean) => Promise<void>
}

export interface MessageQueue {
  /** Adds a job for each outbox row; adding one again is harmless. */
  add: (ids: readonly string[]) => Promise<void>
  stop: () => Promise<void>
}

export { UnrecoverableError }

/** Not now: the row's channel is not to be asked for a while. No attempt is counted. */
export class LaterError extends Error {
  override readonly name = "LaterError"
  readonly ms: number
  constructor(ms: number) {
    super(`not before ${Math.round(ms)} ms`)
    this.ms = ms
  }
}

/** Waits 1, 2, 4 … at most 60 s, spread over the upper half so that many do not come back at once. */
export function toBackoffMs(attempt: number, random: () => number): number {
  const most = Math.min(60_000, 1_000 * 2 ** Math.max(0, attempt - 1))
  return Math.round(most * (0.5 + random() / 2))
}

/** Opens the job queue in PostgreSQL (tables made when missing) and starts to work on it. */
export async function startQueue({ url, concurrency, random, log, deliver }: QueueDeps): Promise<MessageQueue> {
  const onFault = (error: Error): void => log.warn({ why: error.message }, "a connection of the job queue broke")
  const guarded = { Client: toGuardedClient(onFault), connectionString: url, connectionTimeoutMillis: 5_000 }
  const queue = new Queue<Record<string, never>>(QUEUE, { connection: { ...guarded, migrate: true, max: 4 } })
  queue.on("error", (error) => log.warn({ why: error.message }, "job queue in trouble"))
  try {
    await queue.waitUntilReady()
  } catch (error) {
    await queue.close().catch(() => undefined) // it never worked
    throw error
  }
  // A pool of ours: the connection that BullMQ itself makes to listen has a moment in which nobody listens for its faults.
  const pool = new pg.Pool({ ...guarded, max: concurrency + 3, keepAlive: true, options: SEARCH_PATH })
  const run = async (job: Job, token?: string) => {
    try {
      await deliver(toRowId(job), job.attemptsMade + 1 >= ATTEMPTS)
    } catch (error) {
      if (!(error instanceof LaterError)) throw error
      await job.moveToDelayed(Date.now() + error.ms * (1 + random() / 4), token)
      throw new DelayedError()
    }
  }
  const worker = new Worker(QUEUE, run, {
    connection: pool,
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: 5_000,
    maxStalledCount: ATTEMPTS,
    runRetryDelay: 500,
    drainDelay: 2,
    settings: { backoffStrategy: (attempt, _type, error) => Math.max(toBackoffMs(attempt, random), toAskedMs(error)) },
  })
  worker.on("error", (error) => log.warn({ why: error.message }, "message worker in trouble"))
  worker.on("failed", (job, error) =>
    log.warn({ job: job?.id, attempt: job?.attemptsMade, why: error.message }, "message not sent"),
  )
  return {
    add: async (ids) => {
      await queue.addBulk(ids.map((id) => ({ name: "send", data: {}, opts: toJobOptions(id) })))
    },
    stop: async () => {
      await worker.close()
      await queue.close()
      await pool.end()
    },
  }
}

/** What the other side asked for. */
const toAskedMs = (error: Error | undefined): number => (error instanceof ChannelError ? (error.retryAfterMs ?? 0) : 0)

const toJobOptions = (id: string) => ({
  jobId: `outbox-${id}`,
  attempts: ATTEMPTS,
  backoff: { type: "custom" },
  removeOnComplete: true,
  removeOnFail: true,
})

const toRowId = (job: Job): string => (job.id ?? "").slice("outbox-".length)
