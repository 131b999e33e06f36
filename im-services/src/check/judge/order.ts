import type { Ground } from "./ground.ts"
import { type Attempt, type Fault, isText } from "./history.ts"

/** What a sender wrote in a chat after an earlier message was acknowledged has a higher number, in every mailbox that has both. */
export function findDisorder(ground: Ground): Fault[] {
  const chats = new Map<string, Attempt[]>()
  for (const attempt of ground.attempts.filter((one) => isText(one) && one.outcome === "acked")) {
    const name = `${attempt.uid} ${attempt.chat}`
    chats.set(name, [...(chats.get(name) ?? []), attempt])
  }
  return [...chats.values()].flatMap((chat) => disorderIn(ground, chat))
}

function disorderIn(ground: Ground, chat: readonly Attempt[]): Fault[] {
  return chat.flatMap((later) => {
    const before = chat.filter(({ endedAt }) => endedAt < later.begunAt)
    return [later.uid, ...ground.receiversOf(later)].flatMap((uid) => {
      const seq = ground.rowOf(uid, later)?.seq ?? Number.POSITIVE_INFINITY
      return before
        .filter((earlier) => (ground.rowOf(uid, earlier)?.seq ?? 0) >= seq)
        .map((earlier) => fault(uid, later, earlier))
    })
  })
}

const fault = (uid: number, later: Attempt, earlier: Attempt): Fault => ({
  kind: "order",
  uid,
  what: `message ${later.clientId} of ${later.uid} stands before ${earlier.clientId}, which was sent before it`,
  about: { uid: later.uid, clientId: later.clientId },
})
