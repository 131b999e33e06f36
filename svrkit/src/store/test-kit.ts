import { setTimeout as sleep } from "node:timers/promises"
import { NO_BYTES } from "../codec/index.ts"
import { RpcError } from "../rpc/errors.ts"
import type { Engine, Row, RowKey, WriteRow, Written } from "./engine.ts"
import { keyText } from "./keys.ts"

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (value: Uint8Array | undefined): string => Buffer.from(value ?? NO_BYTES).toString()

export interface Trouble {
  /** Of 1: the call never reaches the engine. */
  lost: number
  /** Of 1: it runs, and its answer does not come back. */
  answerLost: number
  mostDelayMs: number
}

/**
 * An engine by the letter of its contract, in memory, behind a network that loses and delays: for the algorithms above engines. The
 * contract itself is held against PostgreSQL in `postgres/engine.int.test.ts`, by the same cases.
 */
export function createModelEngine(name: string, random: () => number = Math.random, trouble?: Trouble) {
  const rows = new Map<string, { version: number; value: Uint8Array; gone: boolean }>()
  const idOf = ({ store, key }: RowKey): string => `${store}/${keyText(key)}`
  const readOne = (key: RowKey): Row => {
    const row = rows.get(idOf(key))
    const found = row !== undefined && !row.gone
    return { found, version: row?.version ?? 0, value: found ? row.value : NO_BYTES, away: "" }
  }
  const writeOne = (write: WriteRow): Written => {
    const there = readOne(write)
    const { version, ifVersion, gone = false, value } = write
    const holds = ifVersion === undefined || there.version === ifVersion || (ifVersion === 0 && !there.found)
    const same = there.version === version && there.found === !gone && Buffer.compare(there.value, value) === 0
    if (same) return { ...there, done: true, value: NO_BYTES }
    if (version <= there.version || !holds) return { ...there, done: false, value: NO_BYTES }
    rows.set(idOf(write), { version, value, gone })
    return { found: !gone, version, value: NO_BYTES, away: "", done: true }
  }
  const state = { down: false }
  const through = async <T>(run: () => T): Promise<T> => {
    const gone = (): never => {
      throw new RpcError("unavailable", `${name} does not answer`)
    }
    if (trouble !== undefined) await sleep(random() * trouble.mostDelayMs)
    if (state.down || (trouble !== undefined && random() < trouble.lost)) gone()
    const result = run()
    if (trouble !== undefined) await sleep(random() * trouble.mostDelayMs)
    if (trouble !== undefined && random() < trouble.answerLost) gone()
    return result
  }
  const engine: Engine = {
    name,
    read: (keys) => through(() => keys.map(readOne)),
    write: (writes) => through(() => writes.map(writeOne)),
    scan: () => through(() => []),
  }
  return { ...engine, state, rows }
}
