import type { Ground } from "./ground.ts"
import { type Attempt, type Device, type Fault, isText } from "./history.ts"

/** Numbers rise: from page to page, within a page, and in what a user is answered. */
export function findFalls(ground: Ground): Fault[] {
  const own = new Map<number, Attempt[]>()
  for (const attempt of ground.attempts) {
    if (attempt.outcome === "acked" && isText(attempt)) own.set(attempt.uid, [...(own.get(attempt.uid) ?? []), attempt])
  }
  return [...ground.devices.flatMap(fallsOn), ...[...own.values()].flatMap(fallsInAnswers)]
}

function fallsOn({ uid, name, pages }: Device): Fault[] {
  const faults: Fault[] = []
  let last = 0
  for (const [i, page] of pages.entries()) {
    if (page.restart && i > 0) faults.push(fault(uid, `${name} was told to begin anew at ${page.seq}`))
    for (const value of [page.asked ?? 0, ...page.rows.map(({ seq }) => seq - 0.5), page.seq]) {
      if (value < last) faults.push(fault(uid, `${name} came from ${last} to ${value}`))
      last = Math.ceil(value)
    }
  }
  return faults
}

/** Each answer against the highest of those that were there before it was asked for. */
function fallsInAnswers(attempts: readonly Attempt[]): Fault[] {
  const begun = [...attempts].sort((a, b) => a.begunAt - b.begunAt)
  const ended = [...attempts].sort((a, b) => a.endedAt - b.endedAt)
  const faults: Fault[] = []
  let highest = 0
  let at = 0
  for (const { uid, begunAt, seq } of begun) {
    for (; at < ended.length && (ended[at] as Attempt).endedAt < begunAt; at++) {
      highest = Math.max(highest, (ended[at] as Attempt).seq)
    }
    if (seq <= highest) faults.push(fault(uid, `was answered ${seq} after ${highest}`))
  }
  return faults
}

const fault = (uid: number, what: string): Fault => ({ kind: "falls", uid, what })
