import { type Ground, isGroup } from "./ground.ts"
import type { Attempt, Fault } from "./history.ts"

/**
 * Nobody is refused what they may do: to write to a friend who does not block them, or in a group that they are in all the while, and to take
 * an own message back.
 */
export function findRefused(ground: Ground): Fault[] {
  return ground.attempts
    .filter((attempt) => attempt.outcome === "refused" && isAllowed(ground, attempt))
    .map(({ uid, clientId, chat, code }) => ({
      ...{ kind: "refused", uid },
      about: { uid, clientId },
      what: `message ${clientId} of ${uid} in ${chat} was refused as ${code}`,
    }))
}

/** All of them are friends, and a recall is tried long before its time is over; but it may have waited for the network until then. */
function isAllowed({ stays, blocked }: Ground, attempt: Attempt): boolean {
  const { uid, chat, recalls, code, begunAt, endedAt } = attempt
  if (recalls !== 0 && code === "too_late") return false
  if (recalls === 0 && code === "not_friends" && blocked(attempt).perhaps) return false
  const isIn = stays.some(
    (stay) => stay.gid === chat && stay.uid === uid && stay.joinedAt < begunAt && stay.leaveBegunAt > endedAt,
  )
  return !isGroup(chat) || isIn
}
