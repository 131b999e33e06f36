import { type Contact, ContactCodec, ContactState, Topic } from "@ossagent/im-client/protocol"
import { decode, encode } from "@ossagent/svrkit/codec"
import type { ServerCall } from "@ossagent/svrkit/rpc"
import { Stored } from "../mailbox/generated/mailbox.codec.ts"
import type { MailboxRoute } from "../mailbox/route.ts"
import type { NameOf } from "./names.ts"
import { translate } from "./translate.ts"

/** What is to stand in the mailbox of `uid` about `peer`, if one of `ifStates` stands there now; left out: whatever stands there. */
export interface ContactWrite {
  uid: number
  peer: number
  state: ContactState
  ifStates?: readonly ContactState[]
  greeting?: string
  /** With `blocked`: what stood there before. */
  was?: ContactState
}

/** Rows about contacts, each in the mailbox of the user that it is for. */
export interface Contacts {
  state: (uid: number, peer: number, call: ServerCall) => Promise<ContactState>
  /** What stood in a row before its owner blocked the peer. */
  stateBefore: (uid: number, peer: number, call: ServerCall) => Promise<ContactState>
  /** Of many peers, those whom `uid` has in this state, with their names. */
  having: (uid: number, peers: readonly number[], state: ContactState, call: ServerCall) => Promise<Contact[]>
  /** False when the condition does not hold. */
  write: (write: ContactWrite, call: ServerCall) => Promise<boolean>
}

export function createContacts(route: MailboxRoute, nameOf: NameOf): Contacts {
  const read = async (uid: number, subjects: readonly number[], call: ServerCall) => {
    const asked = { uid, topic: Topic.contact, subjects: [...subjects] }
    return (await translate(route.clientOf(uid).getChanges(asked, { under: call }))).changes
  }
  return {
    state: async (uid, peer, call) => (await read(uid, [peer], call))[0]?.state ?? ContactState.none,
    stateBefore: async (uid, peer, call) => {
      const row = (await read(uid, [peer], call))[0]
      return row === undefined ? ContactState.none : (decode(ContactCodec, row.value).was as ContactState)
    },
    having: async (uid, peers, state, call) =>
      (await read(uid, peers, call))
        .filter((row) => row.state === state)
        .map(({ value }) => decode(ContactCodec, value)),
    write: async ({ uid, peer, state, ifStates = [], greeting = "", was = 0 }, call) => {
      const value = encode(ContactCodec, { uid: peer, name: await nameOf(peer, call), greeting, was })
      const change = { uid, topic: Topic.contact, subject: peer, state, ifStates: [...ifStates], value }
      const { results } = await translate(route.clientOf(uid).putChanges({ changes: [change] }, { under: call }))
      return results[0]?.outcome !== Stored.changed
    },
  }
}
