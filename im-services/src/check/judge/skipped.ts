import type { Ground } from "./ground.ts"
import type { Device, Fault, SeenPage, State, Stored } from "./history.ts"

/** A page from one number to another has everything that is stored between the two, and the next one goes on from there. */
export function findSkipped(ground: Ground): Fault[] {
  const sorted = new Map(ground.users.map((user) => [user.uid, toSorted(user)]))
  return ground.devices.flatMap((device) => {
    const user = sorted.get(device.uid) as Stored
    const within = device.pages.filter(({ restart }) => !restart).flatMap((page) => skippedIn(page, device, user))
    return [...within, ...skippedBetween(device)]
  })
}

function skippedBetween({ uid, name, pages }: Device): Fault[] {
  return pages.flatMap(({ asked }, i) => {
    const before = pages[i - 1]?.seq
    if (before === undefined || asked === null || asked <= before) return []
    return [fault(uid, `what is between ${before} and ${asked}: ${name}`)]
  })
}

const toSorted = ({ uid, rows, states }: Stored): Stored => ({
  uid,
  rows: [...rows].sort((a, b) => a.seq - b.seq),
  states: [...states].sort((a, b) => a.seq - b.seq),
})

/** Of a list in the order of its numbers, those above one number and up to another. */
function between<T extends { seq: number }>(list: readonly T[], above: number, upTo: number): T[] {
  const firstAbove = (seq: number): number => {
    let [low, high] = [0, list.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((list[middle] as T).seq <= seq) low = middle + 1
      else high = middle
    }
    return low
  }
  return list.slice(firstAbove(above), firstAbove(upTo))
}

function skippedIn(page: SeenPage, { uid, name }: Device, { rows, states }: Stored): Fault[] {
  const [above, upTo] = [page.asked ?? 0, page.seq]
  const seen = new Set(page.rows.map(({ seq }) => seq))
  const where = `${name} from ${page.asked} to ${page.seq}`
  return [
    ...between(rows, above, upTo)
      .filter(({ seq }) => !seen.has(seq))
      .map(({ seq }) => fault(uid, `number ${seq}: ${where}`)),
    ...between(states, above, upTo)
      .filter((state) => !has(page, state))
      .map(({ seq, topic, subject }) => fault(uid, `number ${seq}, topic ${topic} of ${subject}: ${where}`)),
  ]
}

const has = (page: SeenPage, { topic, subject, state, value }: State): boolean =>
  page.states.some(
    (one) => one.topic === topic && one.subject === subject && one.state === state && one.value === value,
  )

const fault = (uid: number, what: string): Fault => ({ kind: "skipped", uid, what: `was not given ${what}` })
