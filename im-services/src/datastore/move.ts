import { BUCKETS, type BucketEngine, type RowKey, type ScannedRow, type Store } from "@ossagent/svrkit/store"
import type { SetMap, SetMapInit } from "./generated/datastore.codec.ts"

/** How long writes to a bucket may be held up by a mover that died. */
const FREEZE_MS = 3_000
const PAGE_ROWS = 500
const WRITE_MS = 5_000
const MOST_TRIES = 20
/** So many moves are noted in the map at once; until then engines themselves tell where a bucket is. */
const MAP_EVERY = 16
/** So many buckets at a time. */
const LANES = 4

export interface MoveDeps {
  sets: Store<number, SetMap, SetMapInit>
  /** The engine of a name; throws for one that is not known. */
  engine: (name: string) => BucketEngine
  /** Who has all buckets while no map is stored. */
  first: string
  log: (line: string) => void
}

/** The map as it is stored; a first one, where there is none, gives all to the first engine. */
export async function readMap({
  sets,
  first,
}: Pick<MoveDeps, "sets" | "first">): Promise<{ map: SetMap; version: number }> {
  const stored = await sets.get(0)
  if (stored !== null) return { map: stored.value, version: stored.version }
  return { map: { engines: [{ name: first, target: "" }], buckets: new Array(BUCKETS).fill(0) }, version: 0 }
}

/** Changes the stored map, again when another has changed it meanwhile. */
async function changeMap(deps: MoveDeps, change: (map: SetMap) => SetMap): Promise<SetMap> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const { map, version } = await readMap(deps)
    const next = change(map)
    if (next === map || (await deps.sets.put(0, next, version)) !== null) return next
  }
  throw new Error("cannot change the map of the buckets: others change it all the time")
}

/** Notes an engine in the map, without buckets: from now on every service can find it. */
export const addEngine = (deps: MoveDeps, name: string, target: string): Promise<SetMap> =>
  changeMap(deps, (map) => {
    const others = map.engines.filter((engine) => engine.name !== name)
    const known = others.length < map.engines.length
    if (!known) return { ...map, engines: [...map.engines, { name, target }] }
    return {
      ...map,
      engines: map.engines.map((engine) =>
        engine.name === name ? { ...engine, target: target || engine.target } : engine,
      ),
    }
  })

/**
 * Gives `name` its part of the buckets, the same number as every other engine has, a few at a time, while they are read and written. Run again after it was killed it goes on where it was. Answers how many it moved.
 */
export async function shareOut(deps: MoveDeps, name: string): Promise<number> {
  await finish(deps)
  const { map } = await readMap(deps)
  const plan = planMoves(map, name)
  for (let at = 0; at < plan.length; at += MAP_EVERY) {
    const part = plan.slice(at, at + MAP_EVERY)
    await inLanes(part, ({ bucket, from }) => moveBucket(deps, bucket, from, name))
    await noteMoves(deps, new Map(part.map(({ bucket }) => [bucket, name])))
    deps.log(`${at + part.length} of ${plan.length} buckets moved`)
  }
  await purgeAll(deps)
  return plan.length
}

/** Which buckets go to `name`, from whoever has more than an equal part. */
export function planMoves(map: SetMap, name: string): { bucket: number; from: string }[] {
  const counts = new Map(map.engines.map((engine) => [engine.name, 0]))
  const owners = map.buckets.map((index) => map.engines[index]?.name as string)
  for (const owner of owners) counts.set(owner, (counts.get(owner) ?? 0) + 1)
  const fair = Math.floor(BUCKETS / counts.size)
  const moves: { bucket: number; from: string }[] = []
  for (const [bucket, from] of owners.entries()) {
    const spare = (counts.get(from) as number) - Math.max(fair, 1)
    if (from === name || spare <= 0 || moves.length >= fair - (counts.get(name) ?? 0)) continue
    counts.set(from, (counts.get(from) as number) - 1)
    moves.push({ bucket, from })
  }
  return moves
}

/**
 * Copies the bucket while it is written, then once more while it is not, then gives it away. Its writes wait for the second copy alone; a
 * mover that dies meanwhile holds them up for three seconds.
 */
async function moveBucket({ engine }: MoveDeps, bucket: number, from: string, to: string): Promise<void> {
  const [source, target] = [engine(from), engine(to)]
  await copyBucket(source, target, bucket)
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const token = await source.freeze(bucket, FREEZE_MS)
    if (token === null) return // another mover was faster
    await copyBucket(source, target, bucket)
    if (!(await source.release(bucket, token, to))) continue
    await target.take(bucket)
    return
  }
  throw new Error(`cannot move bucket ${bucket}: its rows cannot be copied within ${FREEZE_MS} ms`)
}

async function copyBucket(source: BucketEngine, target: BucketEngine, bucket: number): Promise<void> {
  let after: RowKey | null = null
  for (;;) {
    const rows: (ScannedRow & RowKey)[] = await source.scanBucket(bucket, after, PAGE_ROWS)
    const written = rows.length === 0 ? [] : await target.write(rows, { shard: "copy", timeoutMs: WRITE_MS })
    const behind = written.findIndex((row, index) => !row.done && row.version < (rows[index] as ScannedRow).version)
    if (behind !== -1) throw new Error(`cannot copy a row of bucket ${bucket}: ${target.name} does not take it`)
    if (rows.length < PAGE_ROWS) return
    after = rows.at(-1) as RowKey
  }
}

const noteMoves = (deps: MoveDeps, moved: ReadonlyMap<number, string>): Promise<SetMap> =>
  changeMap(deps, (map) => {
    const indexOf = (name: string): number => map.engines.findIndex((engine) => engine.name === name)
    const buckets = map.buckets.map((index, bucket) =>
      moved.has(bucket) ? indexOf(moved.get(bucket) as string) : index,
    )
    return { ...map, buckets }
  })

/** What a killed mover left half done: buckets that their engine has given away, which the map does not show yet. */
async function finish(deps: MoveDeps): Promise<void> {
  const { map } = await readMap(deps)
  const moved = new Map<number, string>()
  await eachBucket(map, async (bucket, owner) => {
    const to = await deps.engine(owner).look(bucket)
    if (to === "") return
    await deps.engine(to).take(bucket)
    moved.set(bucket, to)
  })
  if (moved.size > 0) await noteMoves(deps, moved)
}

/** Deletes the rows that engines still have of buckets that they gave away. */
async function purgeAll(deps: MoveDeps): Promise<void> {
  const { map } = await readMap(deps)
  await eachBucket(map, async (bucket, owner) => {
    const others = map.engines.filter(({ name }) => name !== owner)
    for (const { name } of others) while ((await deps.engine(name).purge(bucket, PAGE_ROWS)) > 0);
  })
}

/** Each bucket with the engine that the map names. */
const eachBucket = (map: SetMap, run: (bucket: number, owner: string) => Promise<void>): Promise<void> =>
  inLanes([...map.buckets.entries()], ([bucket, index]) => run(bucket, map.engines[index]?.name as string))

/** A few at a time. */
async function inLanes<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const left = [...items].reverse()
  const lane = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) await run(next)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}
