import type { RpcDoor } from "@ossagent/svrkit"
import type { OptionalAccessClient } from "../access/generated/access.client.ts"
import { BoundedMap } from "../bounded-map.ts"
import { mailboxNeeds } from "./generated/mailbox.needs.ts"
import type { Watchers } from "./watchers.ts"

const MOST_ACCESSES = 256
const MOST_AT_ONCE = 1_000

/** Something new, and the device that has it already. */
export interface News {
  uid: number
  seq: number
  /** 0: none. */
  origin: number
}

interface Told {
  uids: number[]
  seqs: number[]
  origins: number[]
}

/** Tells each access, once for a batch, for which of its users something is new. A hint: one that is lost is made up for by `Watch`. */
export function createNotifier(rpc: Pick<RpcDoor, "channel">, watchers: Watchers, onLost: () => void) {
  const clients = new BoundedMap<string, OptionalAccessClient>(MOST_ACCESSES)
  const clientOf = (name: string): OptionalAccessClient => {
    const known = clients.get(name)
    if (known !== undefined) return known
    const client = mailboxNeeds.access(rpc, [name])
    clients.set(name, client)
    return client
  }
  return (news: readonly News[]): void => {
    const committedAt = Date.now()
    for (const [name, told] of byAccess(news, watchers))
      void clientOf(name)
        .notify({ ...told, committedAt })
        .then(({ ok }) => ok || onLost()) // never rejects
  }
}

function* byAccess(news: readonly News[], watchers: Watchers): Generator<[string, Told]> {
  const open = new Map<string, Told>()
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
