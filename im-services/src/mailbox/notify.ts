import { setTimeout as sleep } from "node:timers/promises"
import type { RpcDoor } from "@ossagent/svrkit"
import type { OptionalAccessClient } from "../access/generated/access.client.ts"
import { BoundedMap } from "../bounded-map.ts"
import { mailboxNeeds } from "./generated/mailbox.needs.ts"
import type { Watchers } from "./watchers.ts"

const MOST_ACCESSES = 256
const MOST_AT_ONCE = 1_000
/** A hint that did not arrive is told again: whom it was for would else wait for the next message, or for a heartbeat. */
const AGAIN_MS = 1_000
const MOST_TRIES = 3
/** Batches that wait to be told again; what is over it is lost. */
const MOST_WAITING = 1_000

/** Something new, and the device that has it already. */
export interface News {
  uid: number
  seq: number
  /** 0: none. */
  origin: number
}

interface Whom {
  uids: number[]
  seqs: number[]
  origins: number[]
}

interface Told extends Whom {
  /** Unix ms. */
  committedAt: number
}

/** Tells each access, once for a batch, for which of its users something is new. A hint: an access that is away asks anew with `Watch`. */
export function createNotifier(rpc: Pick<RpcDoor, "channel">, watchers: Watchers, onLost: () => void) {
  const clients = new BoundedMap<string, OptionalAccessClient>(MOST_ACCESSES)
  const clientOf = (name: string): OptionalAccessClient => {
    const known = clients.get(name)
    if (known !== undefined) return known
    const client = mailboxNeeds.access(rpc, [name])
    clients.set(name, client)
    return client
  }
  let waiting = 0
  const tell = async (name: string, told: Told, tries = 1): Promise<void> => {
    const { ok } = await clientOf(name).notify(told)
    if (ok) return
    onLost()
    if (tries === MOST_TRIES || waiting === MOST_WAITING) return
    waiting++
    await sleep(AGAIN_MS, undefined, { ref: false })
    waiting--
    await tell(name, told, tries + 1)
  }
  return (news: readonly News[]): void => {
    const committedAt = Date.now()
    for (const [name, told] of byAccess(news, watchers)) void tell(name, { ...told, committedAt }) // never rejects
  }
}

function* byAccess(news: readonly News[], watchers: Watchers): Generator<[string, Whom]> {
  const open = new Map<string, Whom>()
  for (const { uid, seq, origin } of news) {
    for (const { name } of watchers.of(uid)) {
      let told = open.get(name)
      if (told === undefined) {
        told = { uids: [], seqs: [], origins: [] }
        open.set(name, told)
      }
      told.uids.push(uid)
      told.seqs.push(seq)
      told.origins.push(origin)
      if (told.uids.length < MOST_AT_ONCE) continue
      yield [name, told]
      open.delete(name)
    }
  }
  yield* open
}
