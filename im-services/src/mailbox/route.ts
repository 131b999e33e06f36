import { type RpcDoor, setting, targets } from "@ossagent/svrkit"
import { createMailboxClient, type MailboxClient } from "./generated/mailbox.client.ts"
import { MAILBOX } from "./generated/mailbox.table.ts"

/** The setting of everybody who calls mailbox, and of mailbox itself: the number of its targets is the number of SETs. */
export const mailboxSettings = {
  mailboxes: setting(
    "OSSAGENT_MAILBOX_SETS",
    targets("127.0.0.1:7510,127.0.0.1:7510").refine((list) => list.length > 0, "must name at least one target"),
    "where each SET of mailboxes is, host:port by comma, SET 0 first; the same for all services and never fewer",
  ),
}

/** Which SET a user's mailbox, or a large group's, is in. */
export function setOf(uid: number, sets: number): number {
  const folded = (uid % 2 ** 32) ^ Math.floor(uid / 2 ** 32)
  return (Math.imul(folded, 0x9e3779b1) >>> 16) % sets
}

export interface MailboxRoute {
  /** How many SETs there are. */
  sets: number
  setOf: (uid: number) => number
  clientOf: (uid: number) => MailboxClient
  clientOfSet: (set: number) => MailboxClient
}

/** Ways to all SETs, one for each target. */
export function createMailboxRoute(rpc: Pick<RpcDoor, "channel">, mailboxes: readonly string[]): MailboxRoute {
  const byTarget = new Map<string, MailboxClient>()
  const clients = mailboxes.map((target) => {
    const client = byTarget.get(target) ?? createMailboxClient(rpc.channel(MAILBOX, [target]))
    byTarget.set(target, client)
    return client
  })
  const clientOfSet = (set: number): MailboxClient => {
    const client = clients[set]
    if (client === undefined) throw new RangeError(`there is no SET ${set}, only ${clients.length} of them`)
    return client
  }
  const setOfUid = (uid: number): number => setOf(uid, clients.length)
  return { sets: clients.length, setOf: setOfUid, clientOfSet, clientOf: (uid) => clientOfSet(setOfUid(uid)) }
}
