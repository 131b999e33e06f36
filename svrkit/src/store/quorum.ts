import { setTimeout as sleep } from "node:timers/promises"
import { NO_BYTES } from "../codec/index.ts"
import { RpcError } from "../rpc/errors.ts"
import { type Acceptor, createWriter, toAcceptor, toBytes } from "./ballot.ts"
import type { ByteStore } from "./bytes.ts"
import type { Engine, WriteRow, Written } from "./engine.ts"
import { answered, gather } from "./gather.ts"
import type { PrimaryDeps } from "./primary.ts"
import { createRepairs } from "./repairs.ts"
import type { Stored } from "./store.ts"

const MAJORITY = 2
const WAIT_MS = 20

type Three = readonly [Engine, Engine, Engine]
/** The value to put in the place of the present one; null: the present one stays. */
type Change = (current: Acceptor) => { present: boolean; value: Uint8Array } | null
interface Outcome {
  /** What a majority has afterwards. */
  current: Acceptor
  /** Whether that is this round's change. */
  changed: boolean
}

/**
 * Three engines, of which two must agree (N = 3, W = 2, R = 2). Each refuses a version that is not higher than its own, so with plain
 * writes the newest would win; a condition needs more, for two writers may each reach another engine first. So each put is two steps, as
 * in Paxos for one register (Rystsov, "CASPaxos", 2018): a majority promises a ballot and tells its newest value, then takes the new one.
 * A read takes one step where two engines agree, and else confirms the newest as a put would; an engine that is behind is brought up to
 * date.
 */
export function createQuorumStore(store: string, engines: Three, deps: PrimaryDeps): ByteStore {
  const { timeoutMs } = deps
  const repair = createRepairs(timeoutMs)

  const getMany = async (keys: readonly Uint8Array[]): Promise<(Stored<Uint8Array> | null)[]> => {
    const found = await readAcceptors(engines, store, keys, timeoutMs)
    return Promise.all(
      keys.map(async (key, index) => {
        const states = found.map((one) => one?.[index])
        const agreed = agreedOf(states)
        if (agreed === null) return toStored((await createRound(store, engines, deps)(key, () => null)).current)
        for (const [at, state] of states.entries()) {
          if (state === undefined || state.accepted === agreed.accepted || state.promised >= agreed.promised) continue
          const write = { store, key, version: agreed.promised, ifVersion: state.promised }
          repair(engines[at] as Engine, { ...write, value: toBytes(agreed, createWriter()) })
        }
        return toStored(agreed)
      }),
    )
  }

  return {
    getMany,
    put: async (key, value, ifVersion) => {
      const change: Change = (current) =>
        ifVersion !== undefined && (current.present ? current.version : 0) !== ifVersion
          ? null
          : { present: value !== null, value: value ?? NO_BYTES }
      const { changed, current } = await createRound(store, engines, deps)(key, change)
      return changed ? current.version : null
    },
  }
}

const toStored = ({ present, value, version }: Acceptor): Stored<Uint8Array> | null =>
  present ? { value, version } : null

const away = (store: string, why: string): RpcError =>
  new RpcError("unavailable", `cannot use ${store}: ${why}`, { retry: true })

/** What each engine has of the keys, of two engines at least. */
async function readAcceptors(
  engines: Three,
  store: string,
  keys: readonly Uint8Array[],
  timeoutMs: number,
): Promise<(Acceptor[] | undefined)[]> {
  const rowKeys = keys.map((key) => ({ store, key }))
  const asks = engines.map(async (engine) => (await engine.read(rowKeys, { timeoutMs })).map(toAcceptor))
  const clear = (found: readonly (Acceptor[] | undefined)[]): boolean =>
    keys.every((_, index) => agreedOf(found.map((one) => one?.[index])) !== null)
  const found = await gather(asks, { clear, enough: MAJORITY })
  const came = answered(found).length
  if (came < MAJORITY) throw away(store, `${came} of its three engines answer`)
  return found
}

/** What two engines took at one ballot: that is chosen, and every later round will find it. */
function agreedOf(states: readonly (Acceptor | undefined)[]): Acceptor | null {
  const known = answered(states)
  const agreed = known.filter((one) => known.filter(({ accepted }) => accepted === one.accepted).length >= MAJORITY)
  if (agreed.length === 0) return null
  return agreed.reduce((a, b) => (b.promised > a.promised ? b : a))
}

/** Rounds for one change, until one ends or the deadline comes. */
function createRound(store: string, engines: Three, { versions, timeoutMs }: PrimaryDeps) {
  const writer = createWriter()
  /** Versions under which this change may have been taken already. */
  const own = new Set<number>()

  /** Engines that promised the ballot, with what they had; null: too few. */
  const promise = async (
    key: Uint8Array,
    ballot: number,
    states: readonly (Acceptor | undefined)[],
    leftMs: number,
  ) => {
    const asks = states.map(async (state, at): Promise<Written> => {
      if (state === undefined) throw away(store, "an engine did not answer")
      const value = toBytes(state, writer)
      const write = { store, key, value, version: ballot, ifVersion: state.promised, gone: false }
      return writeOne(engines[at] as Engine, write, leftMs)
    })
    const rows = await gather(asks, { clear: isMajority, enough: MAJORITY })
    const granted = states.map((state, at) => (rows[at]?.done ? state : undefined))
    return answered(granted).length < MAJORITY ? null : granted
  }

  const accept = async (key: Uint8Array, next: Acceptor, leftMs: number): Promise<boolean> => {
    const write = { store, key, value: toBytes(next, writer), version: next.accepted + 1, ifVersion: next.accepted }
    const asks = engines.map((engine) => writeOne(engine, write, leftMs))
    return isMajority(await gather(asks, { clear: isMajority, enough: MAJORITY }))
  }

  const tryOnce = async (key: Uint8Array, change: Change, leftMs: number): Promise<Outcome | null> => {
    const found = await readAcceptors(engines, store, [key], leftMs)
    const states = found.map((one) => one?.[0])
    const ballot = versions(Math.max(...answered(states).map(({ promised }) => promised)))
    const granted = await promise(key, ballot, states, leftMs)
    if (granted === null) return null
    const current = answered(granted).reduce((a, b) => (b.accepted > a.accepted ? b : a))
    const done = own.has(current.version)
    const changed = done ? null : change(current)
    const next = {
      ...current,
      ...changed,
      promised: ballot + 1,
      accepted: ballot,
      version: changed === null ? current.version : ballot,
    }
    if (changed !== null) own.add(ballot)
    return (await accept(key, next, leftMs)) ? { current: next, changed: done || changed !== null } : null
  }

  return async (key: Uint8Array, change: Change): Promise<Outcome> => {
    const deadlineAt = performance.now() + timeoutMs
    for (;;) {
      const leftMs = deadlineAt - performance.now()
      if (leftMs <= 0) throw away(store, "two of its three engines did not agree in time")
      const outcome = await tryOnce(key, change, leftMs)
      if (outcome !== null) return outcome
      await sleep(Math.random() * WAIT_MS)
    }
  }
}

const writeOne = async (engine: Engine, write: WriteRow, timeoutMs: number): Promise<Written> =>
  (await engine.write([write], { timeoutMs }))[0] as Written

const isMajority = (rows: readonly (Written | undefined)[]): boolean =>
  rows.filter((row) => row?.done === true).length >= MAJORITY
