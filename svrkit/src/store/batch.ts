import { RpcError } from "../rpc/errors.ts"

export interface BatchLimits {
  /** Items of one run. */
  mostItems: number
  /** Bytes of one run, by `sizeOf`. */
  mostBytes: number
  /** Items that wait; more are refused with `busy`. */
  mostWaiting: number
  /** Runs at the same time. */
  lanes: number
}

export const BATCH_LIMITS: BatchLimits = { mostItems: 1_000, mostBytes: 1024 * 1024, mostWaiting: 20_000, lanes: 1 }

interface Waiting<I, O> {
  item: I
  deadlineAt: number
  settle: (result: O) => void
  fail: (error: unknown) => void
}

export interface Batching<I, O> {
  /** `deadlineAt`: the latest of the items', by performance.now(). */
  run: (items: I[], deadlineAt: number) => Promise<O[]>
  sizeOf: (item: I) => number
  /** Items of one key never stand in one run, and go in their order. */
  keyOf?: (item: I) => string
  limits?: Partial<BatchLimits>
}

/** Collects what is asked for while another run is under way, or within one turn of the event loop, and runs it in one go. */
export class Batcher<I, O> {
  private readonly batching: Batching<I, O>
  private readonly limits: BatchLimits
  private waiting: Waiting<I, O>[] = []
  private running = 0
  private scheduled = false

  constructor(batching: Batching<I, O>) {
    this.batching = batching
    this.limits = { ...BATCH_LIMITS, ...batching.limits }
  }

  get size(): number {
    return this.waiting.length
  }

  /** Results in the order of the items; rejects when the run of one of them fails. */
  add(items: readonly I[], deadlineAt: number): Promise<O[]> {
    if (this.waiting.length + items.length > this.limits.mostWaiting) {
      return Promise.reject(new RpcError("busy", `${this.waiting.length} rows wait for the store`, { retry: true }))
    }
    const results = items.map(
      (item) =>
        new Promise<O>((settle, fail) => {
          this.waiting.push({ item, deadlineAt, settle, fail })
        }),
    )
    this.schedule()
    return Promise.all(results)
  }

  private schedule(): void {
    if (this.scheduled || this.running >= this.limits.lanes || this.waiting.length === 0) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      while (this.running < this.limits.lanes && this.waiting.length > 0) void this.flush()
    })
  }

  private async flush(): Promise<void> {
    const batch = this.take()
    this.running++
    try {
      const latest = Math.max(...batch.map(({ deadlineAt }) => deadlineAt))
      const results = await this.batching.run(
        batch.map(({ item }) => item),
        latest,
      )
      for (const [index, { settle }] of batch.entries()) settle(results[index] as O)
    } catch (error) {
      for (const { fail } of batch) fail(error)
    }
    this.running--
    this.schedule()
  }

  private take(): Waiting<I, O>[] {
    const { sizeOf, keyOf } = this.batching
    const [taken, left]: [Waiting<I, O>[], Waiting<I, O>[]] = [[], []]
    const keys = new Set<string>()
    let bytes = 0
    for (const one of this.waiting) {
      const full = taken.length >= this.limits.mostItems || (taken.length > 0 && bytes >= this.limits.mostBytes)
      const key = full ? undefined : keyOf?.(one.item)
      if (full || (key !== undefined && keys.has(key))) left.push(one)
      else {
        taken.push(one)
        bytes += sizeOf(one.item)
        if (key !== undefined) keys.add(key)
      }
    }
    this.waiting = left
    return taken
  }
}
