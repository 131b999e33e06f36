import { RpcError } from "@ossagent/svrkit/rpc"
import type { Store } from "@ossagent/svrkit/store"

const MOST_TRIES = 10

/** One value of a store, kept in memory and changed by condition: two processes never overwrite each other. */
export class Shelf<K, V> {
  value: V
  private version = 0
  private changing: Promise<unknown> = Promise.resolve()
  private readonly store: Store<K, V, V>
  private readonly key: K
  private readonly empty: V

  constructor(store: Store<K, V, V>, key: K, empty: V) {
    this.store = store
    this.key = key
    this.empty = empty
    this.value = empty
  }

  async load(): Promise<void> {
    const stored = await this.store.get(this.key)
    this.value = stored?.value ?? this.empty
    this.version = stored?.version ?? 0
  }

  /** Writes what `build` makes of the value, one change after the other; null: nothing is to be changed. Rejects when the store is away. */
  change(build: (value: V) => V | null): Promise<boolean> {
    const run = async (): Promise<boolean> => {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const next = build(this.value)
        if (next === null) return false
        const version = await this.store.put(this.key, next, this.version)
        if (version !== null) {
          this.value = next
          this.version = version
          return true
        }
        await this.load()
      }
      throw new RpcError("unavailable", "cannot write: others change the same at this moment", { retry: true })
    }
    const changed = this.changing.then(run, run)
    this.changing = changed.catch(() => undefined) // whoever asked for it is told
    return changed
  }
}
