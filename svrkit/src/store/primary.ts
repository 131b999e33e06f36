import { NO_BYTES } from "../codec/index.ts"
import { RpcError } from "../rpc/errors.ts"
import type { ByteStore } from "./bytes.ts"
import type { Engine, Written } from "./engine.ts"
import type { Versions } from "./versions.ts"

/**
 * One engine has each key; what keeps copies of it stands behind the engine. Conditions are exact: of two writers of one version one
 * succeeds.
 *
 * @param store the name of its rows in the engine
 */
export function createPrimaryStore(store: string, engine: Engine, deps: PrimaryDeps): ByteStore {
  const { versions, timeoutMs } = deps
  return {
    getMany: async (keys, { lagOk = false }) => {
      const rows = await engine.read(
        keys.map((key) => ({ store, key })),
        { timeoutMs, lagOk },
      )
      return rows.map(({ found, version, value }) => (found ? { version, value } : null))
    },
    put: async (key, value, ifVersion) => {
      const deadlineAt = performance.now() + timeoutMs
      let above = ifVersion ?? 0
      for (;;) {
        const leftMs = deadlineAt - performance.now()
        if (leftMs <= 0) throw new RpcError("unavailable", `cannot write to ${store}: others write the same key`)
        const version = versions(above)
        const write = { store, key, value: value ?? NO_BYTES, version, ifVersion, gone: value === null }
        const [row] = await engine.write([write], { timeoutMs: leftMs })
        if (row?.done) return version
        if (row === undefined || !mayHold(row, ifVersion)) return null
        above = row.version
      }
    },
  }
}

export interface PrimaryDeps {
  versions: Versions
  timeoutMs: number
}

/** Whether a refused write may succeed with a higher version. */
const mayHold = (row: Written, ifVersion: number | undefined): boolean =>
  ifVersion === undefined || (ifVersion === 0 && !row.found)
