import { type Ground, isGroup } from "./ground.ts"
import type { Attempt, Fault, Row } from "./history.ts"

/** Nothing is stored that nobody wrote, that was refused, or that was for others. What a group says itself is its own. */
export function findInvented(ground: Ground): Fault[] {
  const attempts = new Map(ground.attempts.map((attempt) => [`${attempt.uid} ${attempt.clientId}`, attempt]))
  return ground.users.flatMap(({ uid, rows }) =>
    rows
      .filter(({ from }) => !isGroup(from))
      .flatMap((row) => {
        const why = whyNot(ground, uid, row, attempts.get(`${row.from} ${row.clientId}`))
        return why === null ? [] : [toFault(uid, row, why)]
      }),
  )
}

function whyNot(ground: Ground, uid: number, row: Row, attempt: Attempt | undefined): string | null {
  if (attempt === undefined) return "nobody wrote it"
  if (attempt.outcome === "refused" && attempt.once) return "it was refused"
  if (attempt.recalls === 0 && ground.blocked(attempt).surely) return "the receiver blocks the sender"
  if (!isGroup(attempt.chat)) {
    const chat = uid === attempt.uid ? attempt.chat : attempt.uid
    return row.chat === chat && (uid === attempt.uid || uid === attempt.chat) ? null : "it is for others"
  }
  if (row.chat !== attempt.chat) return "it is of another group"
  const couldBe = ground.stays.some(
    (stay) =>
      stay.gid === attempt.chat &&
      stay.uid === uid &&
      stay.joinBegunAt < attempt.endedAt &&
      stay.leftAt > attempt.begunAt,
  )
  return couldBe || uid === attempt.uid ? null : "the user was not in the group"
}

const toFault = (uid: number, { seq, from, clientId }: Row, why: string): Fault => ({
  ...{ kind: "invented", uid, what: `number ${seq} of ${from}: ${why}` },
  about: { uid: from, clientId },
})
