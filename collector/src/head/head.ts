import { setTimeout as sleep } from "node:timers/promises"
import type { Logger } from "pino"
import type { Seen } from "../receive/seen.ts"
import { Batch } from "./batch.ts"
import { BlockPool } from "./block-pool.ts"
import type { Log } from "./log.ts"
import { HOUR_MS, MINUTE_MS, rolledBefore } from "./rollup-time.ts"

/** Stores a closed batch for good; harmless when done again. `again`: it may have been stored in part. */
export type StoreBatch = (batch: Batch, again: boolean) => Promise<void>

export interface HeadOptions {
  /** How often a batch closes, ms. */
  batchMs: number
  /** Bytes of all batches in memory at most. */
  limitBytes: number
  /** How long stored batches stay readable for live views, ms. */
  keepMs: number
}

/** A consistent view for one report: these batches answer for themselves, the table for everything else. */
export interface HeadView {
  batches: readonly Batch[]
  /** Numbers of `batches`, to be left out of the table's answer. */
  numbers: readonly number[]
  /** Unix seconds: minutes, and hours, before it are rolled up in the tables. */
  minutesUntil: number
  hoursUntil: number
}

/**
 * The newest seconds of every series: the open batch, those being stored, and for a while those stored. A batch that cannot be
 * stored is tried again for ever, in order; new frames are refused when memory is full.
 */
export class Head {
  private readonly log: Log
  private readonly seen: Seen
  private readonly store: StoreBatch
  private readonly options: HeadOptions
  private readonly logger: Logger
  private readonly blocks = new BlockPool()
  private current: Batch = new Batch(0, 0)
  private closing: { batch: Batch; again: boolean }[] = []
  private kept: Batch[] = []
  private rolledUntil = 0
  private storing: Promise<void> | null = null
  private timer: NodeJS.Timeout | null = null
  private stopped = false
  private failure: string | null = null
  private bytesAt = { at: 0, bytes: 0 }

  constructor(log: Log, seen: Seen, store: StoreBatch, options: HeadOptions, logger: Logger) {
    this.log = log
    this.seen = seen
    this.store = store
    this.options = options
    this.logger = logger
  }

  /** Takes over the batches of an earlier process, oldest first, and opens a new one. */
  async start(leftOver: readonly Batch[], rolledUntil: number): Promise<void> {
    this.rolledUntil = leftOver[0]?.rolledUntil ?? rolledUntil
    for (const batch of leftOver) this.closing.push({ batch, again: true })
    const now = Date.now()
    await this.open(now, leftOver.length > 0 ? now : rolledUntil)
    for (let i = 0; i < leftOver.length; i++) {
      const batch = leftOver[i] as Batch
      batch.closedAt = leftOver[i + 1]?.rolledUntil ?? this.current.rolledUntil
    }
    this.wakeStore()
    this.schedule()
  }

  /** The batch that is being filled. */
  get filling(): Batch {
    return this.current
  }

  /** Why the store does not take batches now, or null. */
  get trouble(): string | null {
    return this.failure
  }

  /** Batches closed and not yet stored. */
  get waiting(): number {
    return this.closing.length
  }

  /** Bytes in memory, measured at most twice a second. */
  get bytes(): number {
    const now = Date.now()
    if (now - this.bytesAt.at > 500) {
      let bytes = this.current.bytes
      for (const { batch } of this.closing) bytes += batch.bytes
      for (const batch of this.kept) bytes += batch.bytes
      this.bytesAt = { at: now, bytes }
    }
    return this.bytesAt.bytes
  }

  get full(): boolean {
    return this.bytes >= this.options.limitBytes
  }

  /** What a report has to read besides the table. */
  view(): HeadView {
    const batches = [...this.closing.map(({ batch }) => batch), this.current]
    return {
      batches,
      numbers: batches.map((batch) => batch.number),
      minutesUntil: rolledBefore(this.rolledUntil, MINUTE_MS) / 1000,
      hoursUntil: rolledBefore(this.rolledUntil, HOUR_MS) / 1000,
    }
  }

  /** All batches in memory, stored ones included, oldest first: for live views. */
  recent(): readonly Batch[] {
    return [...this.kept, ...this.closing.map(({ batch }) => batch), this.current]
  }

  /** Closes the open batch now. Resolves when everything closed is stored, or with the store's trouble. */
  async flush(): Promise<void> {
    await this.rotate()
    while (this.closing.length > 0 && this.failure === null) await (this.storing ?? sleep(5))
  }

  async stop(): Promise<void> {
    this.stopped = true
    if (this.timer !== null) clearTimeout(this.timer)
    await this.storing
    await this.log.close()
  }

  private schedule(): void {
    const { batchMs } = this.options
    // A little after the whole interval, when its last second has come.
    const offsetMs = Math.min(1_200, batchMs / 5)
    const dueMs = batchMs - ((Date.now() - offsetMs) % batchMs)
    this.timer = setTimeout(() => {
      void this.rotate()
        .catch((error) => this.logger.error({ err: error }, "cannot open a new log segment: the old one goes on"))
        .finally(() => {
          if (!this.stopped) this.schedule()
        })
    }, dueMs)
  }

  /** Opens the first segment of this process. */
  private async open(now: number, rolledUntil: number): Promise<void> {
    await this.log.rotate(
      now,
      rolledUntil,
      () => this.seen.encode(),
      (head) => {
        this.current = new Batch(head.number, head.rolledUntil, this.blocks)
      },
    )
  }

  private async rotate(): Promise<void> {
    const now = Date.now()
    this.seen.forgetBefore(now)
    await this.log.rotate(
      now,
      now,
      () => this.seen.encode(),
      (head) => {
        const closed = this.current
        closed.closedAt = head.rolledUntil
        this.current = new Batch(head.number, head.rolledUntil, this.blocks)
        this.blocks.expect(closed.all())
        this.closing.push({ batch: closed, again: false })
      },
    )
    this.forgetStored(now)
    this.wakeStore()
  }

  /** Lets go of batches kept long enough. A report reads those of its view at once, so that nobody holds them by now. */
  private forgetStored(now: number): void {
    const isOver = ({ closedAt }: Batch): boolean => closedAt <= now - this.options.keepMs
    for (const batch of this.kept) if (isOver(batch)) this.blocks.give(batch.all())
    this.kept = this.kept.filter((batch) => !isOver(batch))
  }

  private wakeStore(): void {
    this.storing ??= this.storeAll().finally(() => {
      this.storing = null
    })
  }

  private async storeAll(): Promise<void> {
    for (let next = this.closing[0]; next !== undefined && !this.stopped; next = this.closing[0]) {
      try {
        await this.store(next.batch, next.again)
        await this.finish(next.batch)
      } catch (error) {
        next.again = true
        this.failure = (error as Error).message
        this.logger.warn(
          { err: error, batch: next.batch.number, waiting: this.closing.length },
          "cannot store a batch: trying again in 1 s",
        )
        await sleep(1_000)
      }
    }
  }

  private async finish(batch: Batch): Promise<void> {
    this.failure = null
    this.closing.shift()
    this.kept.push(batch)
    this.rolledUntil = batch.closedAt
    await this.log
      .remove(batch.number)
      .catch((error) => this.logger.error({ err: error }, "cannot remove a stored log segment"))
  }
}
