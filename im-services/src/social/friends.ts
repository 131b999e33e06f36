/**
 * Friends. What stands in a user's own mailbox about another one is what that user wants: whoever has `asked` or `friend` there takes the
 * other as a friend. So a row becomes `friend` only where its owner wanted it, and every step can be done again:
 *
 * - ask writes the own row first (`asked`: the proof that it is wanted), then the other's (`asking`);
 * - accept writes the other's first, if the proof still stands there, and the own last: until then it is seen as not accepted and tried again;
 * - remove writes the own row first: from then on nothing is taken from the other; then the other's;
 * - block and unblock write the own row alone; a block keeps what stood there, for its end.
 *
 * A crash between two writes leaves a call without an answer; the same call again does what is missing.
 */
import { ContactState } from "@ossagent/im-client/protocol"
import type { ServerCall } from "@ossagent/svrkit/rpc"
import type { Contacts } from "./contacts.ts"
import { socialError } from "./generated/social.server.ts"

const { none, asked, asking, friend, blocked } = ContactState
const MOST_GREETING = 200

export interface Pair {
  /** Who acts. */
  uid: number
  peer: number
}

export function createFriends(contacts: Contacts) {
  const { state, write } = contacts

  const ask = async ({ uid, peer }: Pair, greeting: string, call: ServerCall): Promise<void> => {
    if ([...greeting].length > MOST_GREETING)
      throw socialError("bad_request", `a greeting has at most ${MOST_GREETING} characters`)
    const [mine, theirs] = await Promise.all([state(uid, peer, call), state(peer, uid, call)])
    if (mine === blocked) throw socialError("bad_request", `cannot ask user ${peer}, whom you block: unblock first`)
    if (mine === asking) return accept({ uid, peer }, call)
    if (mine === friend && theirs !== none) return meet({ uid, peer }, call)
    if (!(await write({ uid, peer, state: asked, ifStates: [none, asked, friend], greeting }, call))) {
      throw socialError("unavailable", "the contact changed at this moment", { retryAfterMs: 50 })
    }
    if (await write({ uid: peer, peer: uid, state: asking, ifStates: [none, asking], greeting }, call)) return
    await meet({ uid, peer }, call)
  }

  /** Who asks finds that the other is not without a wish: both want it, or the other blocks, of which nothing is told. */
  const meet = async ({ uid, peer }: Pair, call: ServerCall): Promise<void> => {
    const theirs = await state(peer, uid, call)
    if (theirs === blocked) return
    await write({ uid: peer, peer: uid, state: friend, ifStates: [asked, friend] }, call)
    await write({ uid, peer, state: friend, ifStates: [asked, asking] }, call)
  }

  const accept = async ({ uid, peer }: Pair, call: ServerCall): Promise<void> => {
    const refusal = socialError("not_friends", `user ${peer} does not ask you`)
    const mine = await state(uid, peer, call)
    if (mine !== asking && mine !== asked && mine !== friend) throw refusal
    if (!(await write({ uid: peer, peer: uid, state: friend, ifStates: [asked, friend] }, call))) {
      await write({ uid, peer, state: none, ifStates: [asking] }, call)
      throw refusal
    }
    if (!(await write({ uid, peer, state: friend, ifStates: [asked, asking, friend] }, call))) throw refusal
  }

  /** Also: to decline, and to take an own request back. A block stays. */
  const remove = async ({ uid, peer }: Pair, call: ServerCall): Promise<void> => {
    await write({ uid, peer, state: none, ifStates: [asked, asking, friend] }, call)
    await write({ uid: peer, peer: uid, state: none, ifStates: [asked, asking, friend] }, call)
  }

  const block = async ({ uid, peer }: Pair, call: ServerCall): Promise<void> => {
    const mine = await state(uid, peer, call)
    if (mine === blocked || (await write({ uid, peer, state: blocked, was: mine, ifStates: [mine] }, call))) return
    throw socialError("unavailable", "the contact changed at this moment", { retryAfterMs: 50 })
  }

  /** Who were friends are friends again, unless the other has ended it; a block of the other's does not end it. */
  const unblock = async ({ uid, peer }: Pair, call: ServerCall): Promise<void> => {
    const [was, theirs] = await Promise.all([contacts.stateBefore(uid, peer, call), state(peer, uid, call)])
    const again = was === friend && (theirs === friend || theirs === blocked)
    await write({ uid, peer, state: again ? friend : none, ifStates: [blocked] }, call)
  }
  return { ask, accept, remove, block, unblock }
}

/** Throws `bad_request` for a user and themselves. */
export function parsePair(uid: number, peer: number): Pair {
  if (uid === peer) throw socialError("bad_request", "cannot be one's own friend")
  return { uid, peer }
}
