import { setTimeout as sleep } from "node:timers/promises"
import { RpcError } from "../rpc/errors.ts"
import { bucketOf } from "./buckets.ts"
import { ENGINE_TIMEOUT_MS, type Engine, type EngineOptions, type Row, type RowKey } from "./engine.ts"

/** Which engine has which bucket, as far as this process knows: an engine that no longer has one says who has. */
export interface SetMap {
  /** Names by bucket, 1,024. */
  engineOf: string[]
}

export interface ShardedDeps {
  name: string
  /** Reads the map as it is stored, into a copy of the caller's; again when following what engines say leads nowhere. */
  readMap: () => Promise<SetMap>
  /** Undefined: not known here, unless the map is read again. */
  engine: (name: string) => Engine | undefined
}

const WAIT_MS = 10
const MOST_HOPS = 2

/**
 * Engines that share out rows by the bucket of their key, as one. Where a bucket is about to move, or has moved, calls wait and go where it
 * is then, within their deadline.
 */
export function createShardedEngine({ name, readMap, engine }: ShardedDeps): Engine {
  let map: Promise<SetMap> | null = null
  const current = async (): Promise<SetMap> => {
    map ??= readMap().catch((error: unknown) => {
      map = null
      throw error
    })
    return map
  }

  /** One try of all that is left; what is away stays left. */
  const tryOnce = async <I extends RowKey, O extends Row>(
    left: Left<I, O>[],
    ask: Ask<I, O>,
  ): Promise<Left<I, O>[]> => {
    const { engineOf } = await current()
    const askAll = async ([at, group]: [string, Left<I, O>[]]): Promise<void> => {
      const target = engine(at)
      const items = group.map(({ item }) => item)
      const rows = target === undefined ? [] : await ask(target, items)
      for (const [index, one] of group.entries()) follow(one, at, rows[index], engineOf)
    }
    await Promise.all([...groupByEngine(left, engineOf)].map(askAll))
    return left.filter(({ row }) => row === null)
  }

  const run = async <I extends RowKey, O extends Row>(items: readonly I[], ask: Ask<I, O>, more: EngineOptions) => {
    const deadlineAt = performance.now() + (more.timeoutMs ?? ENGINE_TIMEOUT_MS)
    const all = items.map((item): Left<I, O> => ({ item, bucket: bucketOf(item.key), row: null, hops: 0 }))
    let left = all
    for (;;) {
      left = await tryOnce(left, ask)
      if (left.length === 0) return all.map(({ row }) => row as O)
      if (performance.now() + WAIT_MS >= deadlineAt) {
        throw new RpcError(
          "unavailable",
          `cannot use ${left[0]?.item.store}: its rows are on the move, or at an engine that is not known here`,
          { retry: true },
        )
      }
      if (left.some(({ hops }) => hops > MOST_HOPS)) map = null
      if (left.some(({ hops }) => hops !== 1)) await sleep(WAIT_MS)
    }
  }
  const leftOf = (deadlineAt: number): number => Math.max(1, deadlineAt - performance.now())

  return {
    name,
    read: (keys, more = {}) => {
      const deadlineAt = performance.now() + (more.timeoutMs ?? ENGINE_TIMEOUT_MS)
      const ask: Ask<RowKey, Row> = (at, group) =>
        at.read(group, { ...more, timeoutMs: leftOf(deadlineAt), shard: "serve" })
      return run(keys, ask, more)
    },
    write: (writes, more = {}) => {
      const deadlineAt = performance.now() + (more.timeoutMs ?? ENGINE_TIMEOUT_MS)
      return run(writes, (at, group) => at.write(group, { timeoutMs: leftOf(deadlineAt), shard: "serve" }), more)
    },
    scan: async () => {
      throw new RpcError("bad_request", `cannot scan ${name}: its rows are shared out`)
    },
  }
}

interface Left<I, O> {
  item: I
  bucket: number
  row: O | null
  /** Answers that it is elsewhere. */
  hops: number
}
type Ask<I, O> = (engine: Engine, items: I[]) => Promise<O[]>

const groupByEngine = <I, O>(left: Left<I, O>[], engineOf: readonly string[]): Map<string, Left<I, O>[]> => {
  const groups = new Map<string, Left<I, O>[]>()
  for (const one of left) {
    const at = engineOf[one.bucket] as string
    const group = groups.get(at)
    if (group === undefined) groups.set(at, [one])
    else group.push(one)
  }
  return groups
}

/** Takes the answer, or notes where to ask next; no answer: the engine is not known, and the map is read again. */
function follow<I, O extends Row>(one: Left<I, O>, at: string, row: O | undefined, engineOf: string[]): void {
  if (row === undefined) one.hops = MOST_HOPS + 1
  else if (row.away === "") one.row = row
  else if (row.away === at) one.hops = 0
  else {
    one.hops++
    engineOf[one.bucket] = row.away
  }
}
