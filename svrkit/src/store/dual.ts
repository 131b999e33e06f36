import { NO_BYTES } from "../codec/index.ts"
import { RpcError } from "../rpc/errors.ts"
import type { ByteStore } from "./bytes.ts"
import type { Engine, Row, RowKey, WriteRow } from "./engine.ts"
import { answered, gather } from "./gather.ts"
import type { PrimaryDeps } from "./primary.ts"
import { createRepairs } from "./repairs.ts"

/** A side that failed or was late is not waited for during this time; it is asked all the same. */
const SICK_MS = 1_000

/**
 * Two independent sides. A write goes to both and has succeeded when one took it; a read takes the newest of those that answer, and writes
 * it to the side that has an older one. A value that only a lost side took is lost: for what may be lost a little.
 */
export function createDualStore(store: string, sides: readonly [Engine, Engine], deps: PrimaryDeps): ByteStore {
  const { versions, timeoutMs } = deps
  const repair = createRepairs(timeoutMs)
  const sickUntil = [0, 0]

  const readBoth = async (keys: readonly Uint8Array[]): Promise<(Row[] | undefined)[]> => {
    const rowKeys = keys.map((key) => ({ store, key }))
    const asks = sides.map((side) => side.read(rowKeys, { timeoutMs }))
    const from = performance.now()
    const isSick = (index: number): boolean => from < (sickUntil[index] as number)
    const rows = await gather(asks, {
      clear: (answers) => answers.every((answer, index) => answer !== undefined || isSick(index)),
      enough: 1,
    })
    if (answered(rows).length === 0) throw away(store)
    for (const [index, row] of rows.entries()) {
      if (row === undefined && !isSick(index)) sickUntil[index] = performance.now() + SICK_MS
    }
    return rows
  }

  const newest = (key: RowKey, rows: readonly (Row | undefined)[]): Row => {
    const best = answered(rows).reduce(newer)
    for (const [index, row] of rows.entries()) {
      if (row !== undefined && !isSame(row, best)) repair(sides[index] as Engine, toWrite(key, row, best))
    }
    return best
  }

  /** The version that it got; null: neither took it, for a higher version is there. */
  const putOnce = async (key: Uint8Array, value: Uint8Array | null, version: number): Promise<number | null> => {
    const write = { store, key, value: value ?? NO_BYTES, version, gone: value === null }
    const asks = sides.map(async (side) => (await side.write([write], { timeoutMs }))[0])
    const rows = await gather(asks, { clear: (answers) => answered(answers).some(({ done }) => done), enough: 2 })
    if (answered(rows).some(({ done }) => done)) return version
    if (answered(rows).length === 0) throw away(store)
    versions(Math.max(...answered(rows).map((row) => row.version)))
    return null
  }

  const holds = async (key: Uint8Array, ifVersion: number): Promise<boolean> => {
    const row = newest(
      { store, key },
      (await readBoth([key])).map((rows) => rows?.[0]),
    )
    return (row.found ? row.version : 0) === ifVersion
  }

  return {
    getMany: async (keys) => {
      const [left, right] = await readBoth(keys)
      return keys.map((key, index) => {
        const { found, value, version } = newest({ store, key }, [left?.[index], right?.[index]])
        return found ? { value, version } : null
      })
    },
    put: async (key, value, ifVersion) => {
      const deadlineAt = performance.now() + timeoutMs
      if (ifVersion !== undefined && !(await holds(key, ifVersion))) return null
      for (;;) {
        const version = await putOnce(key, value, versions(ifVersion))
        if (version !== null) return version
        if (performance.now() >= deadlineAt) throw away(store)
      }
    },
  }
}

const away = (store: string): RpcError =>
  new RpcError("unavailable", `cannot use ${store}: neither of its two sides answers`, { retry: true })

/** Of one version, which two writers may have taken in one moment, the greater bytes: everybody chooses alike. */
const newer = (a: Row, b: Row): Row => {
  if (a.version !== b.version) return a.version > b.version ? a : b
  return Buffer.compare(a.value, b.value) >= 0 ? a : b
}

const isSame = (a: Row, b: Row): boolean =>
  a.version === b.version && a.found === b.found && Buffer.compare(a.value, b.value) === 0

/** Of one version and two values the chosen one goes above both. */
const toWrite = (key: RowKey, row: Row, best: Row): WriteRow => ({
  ...key,
  value: best.value,
  version: row.version === best.version ? best.version + 1 : best.version,
  gone: !best.found,
})
