import type { Ground } from "./ground.ts"
import { type Attempt, type Fault, isText, RECALLED } from "./history.ts"

/** What was acknowledged is in the sender's mailbox, with the number that was answered, and in that of everybody whom it was for. */
export function findLost(ground: Ground): Fault[] {
  return ground.attempts
    .filter(({ outcome }) => outcome === "acked")
    .flatMap((attempt) => (isText(attempt) ? messageLost(ground, attempt) : recallLost(ground, attempt)))
}

function messageLost(ground: Ground, attempt: Attempt): Fault[] {
  const { uid, text, seq } = attempt
  const faults: Fault[] = []
  const own = ground.rowOf(uid, attempt)
  if (own === undefined) faults.push(fault(uid, attempt, "is not in the sender's mailbox"))
  else if (own.seq !== seq) faults.push(fault(uid, attempt, `was answered ${seq} and is stored as ${own.seq}`))
  for (const receiver of ground.receiversOf(attempt)) {
    const row = ground.rowOf(receiver, attempt)
    if (row === undefined) faults.push(fault(receiver, attempt, "did not arrive"))
    else if (row.text !== text && (row.flags & RECALLED) === 0)
      faults.push(fault(receiver, attempt, "has another text"))
  }
  return faults
}

/** Whoever has the message has its recall, and the text no more. */
function recallLost(ground: Ground, recall: Attempt): Fault[] {
  const message = { uid: recall.uid, clientId: recall.recalls }
  return [recall.uid, ...ground.receiversOf(recall)].flatMap((uid) => {
    const target = ground.rowOf(uid, message)
    const row = ground.rowOf(uid, recall)
    if (target === undefined) return [] // it came into the group later than the message
    if (row === undefined) return [fault(uid, recall, "the recall did not arrive")]
    if (row.ref !== target.seq)
      return [fault(uid, recall, `the recall is of ${row.ref} and should be of ${target.seq}`)]
    return (target.flags & RECALLED) === 0 ? [fault(uid, recall, "was recalled and is still there")] : []
  })
}

const fault = (uid: number, { uid: from, chat, clientId }: Attempt, what: string): Fault => ({
  kind: "lost",
  uid,
  what: `message ${clientId} of ${from} in ${chat}: ${what}`,
  about: { uid: from, clientId },
})
