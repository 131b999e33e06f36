import type { Codec } from "../codec/index.ts"
import type { StoreMode } from "../describe/model.ts"
import { type ByteStore, toStore } from "./bytes.ts"
import { createDualStore } from "./dual.ts"
import { ENGINE_TIMEOUT_MS, type Engine } from "./engine.ts"
import { KEY_CODECS, type KeyCodec, type KeyType } from "./keys.ts"
import { createPrimaryStore } from "./primary.ts"
import { createQuorumStore } from "./quorum.ts"
import type { Store } from "./store.ts"
import { createVersions } from "./versions.ts"

/** What the generated code says of a store. */
export interface StoreDeclaration<V, I> {
  service: string
  name: string
  mode: StoreMode
  key: KeyType
  value: Codec<V, I>
}

/** Opens a store of a description; given to the generated `openXStores`. */
export type StoreOpener = <K, V, I>(declaration: StoreDeclaration<V, I>) => Store<K, V, I>

/** The engines of each mode. */
export interface OpenerEngines {
  primary: Engine
  dual: readonly [Engine, Engine]
  quorum: readonly [Engine, Engine, Engine]
}

/** @param more.timeoutMs within which a get or a put is over; default 2,000 */
export function createOpener(engines: OpenerEngines, more: { timeoutMs?: number } = {}): StoreOpener {
  const deps = { versions: createVersions(), timeoutMs: more.timeoutMs ?? ENGINE_TIMEOUT_MS }
  const modes: Record<StoreMode, (store: string) => ByteStore> = {
    primary: (store) => createPrimaryStore(store, engines.primary, deps),
    dual: (store) => createDualStore(store, engines.dual, deps),
    quorum: (store) => createQuorumStore(store, engines.quorum, deps),
  }
  return <K, V, I>({ service, name, mode, key, value }: StoreDeclaration<V, I>) =>
    // The generated code states K and `key` from one line of the description; the table of codecs cannot tell that to the compiler.
    toStore(modes[mode](`${service}.${name}`), KEY_CODECS[key] as unknown as KeyCodec<K>, value)
}
