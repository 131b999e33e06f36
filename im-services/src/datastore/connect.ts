import type { ConfigOf, RpcDoor } from "@ossagent/svrkit"
import type { Channel } from "@ossagent/svrkit/rpc"
import {
  BUCKETS,
  type BucketEngine,
  createOpener,
  createShardedEngine,
  type SetMap,
  type Store,
  type StoreOpener,
} from "@ossagent/svrkit/store"
import { STORE_SETTINGS, type StorePlace } from "./config.ts"
import type { SetMap as SetMapMessage } from "./generated/datastore.codec.ts"
import { openDatastoreStores } from "./generated/datastore.stores.ts"
import { DATASTORE } from "./generated/datastore.table.ts"
import { createRpcEngine } from "./rpc-engine.ts"

export { STORE_SETTINGS }
/** What of a service's context it takes. */
export interface StoreContext {
  rpc: Pick<RpcDoor, "channel">
  config: ConfigOf<typeof STORE_SETTINGS>
}

/** A service's way to its stores. `STORE_SETTINGS` must be among its settings. */
export const connectStores = (context: StoreContext): StoreOpener => connectEngines(context).open

/** The engines as the settings name them, and the map of the buckets; for who moves these. */
export function connectEngines({ rpc, config }: StoreContext) {
  const { stores: places, storeTimeoutMs: timeoutMs } = config
  const channels = new Map<string, Channel>()
  const channelTo = (targets: readonly string[]): Channel => {
    const key = targets.join("|")
    const channel = channels.get(key) ?? rpc.channel(DATASTORE, targets)
    channels.set(key, channel)
    return channel
  }
  const engines = new Map<string, BucketEngine>()
  const add = ({ name, targets }: StorePlace): BucketEngine => {
    const engine = engines.get(name) ?? createRpcEngine(name, channelTo(targets))
    engines.set(name, engine)
    return engine
  }
  const [a, b, c] = places.map(add) as [BucketEngine, BucketEngine, BucketEngine]
  const sets: Store<number, SetMapMessage> = openDatastoreStores((declaration) =>
    createOpener({ primary: a, dual: [a, b], quorum: [a, b, c] }, { timeoutMs })(declaration),
  ).sets
  const readMap = async (): Promise<SetMap> => {
    const stored = await sets.get(0)
    if (stored === null) return { engineOf: Array(BUCKETS).fill(a.name) }
    for (const { name, target } of stored.value.engines) add({ name, targets: target === "" ? [] : [target] })
    return { engineOf: toNames(stored.value) }
  }
  const primary = createShardedEngine({ name: "sets", readMap, engine: (name) => engines.get(name) })
  return {
    open: createOpener({ primary, dual: [a, b], quorum: [a, b, c] }, { timeoutMs }),
    sets,
    readMap,
    engines,
    add,
    first: a.name,
  }
}

/** The name of the engine of each bucket. Throws RangeError for a map that is damaged. */
export function toNames({ engines, buckets }: SetMapMessage): string[] {
  const names = buckets.map((index) => engines[index]?.name)
  if (names.length !== BUCKETS || names.includes(undefined))
    throw new RangeError("cannot use the map of the buckets: it is damaged")
  return names as string[]
}
