import type { Ground } from "./ground.ts"
import type { Device, Fault, SeenPage, State, Stored } from "./history.ts"

/** A page from one number to another has everything that is stored between the two, and the next one goes on from there. */
export function findSkipped(ground: Ground): Fault[] {
  return ground.devices.flatMap((device) => {
    const user = ground.userOf(device.uid)
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

function skippedIn(page: SeenPage, { uid, name }: Device, { rows, states }: Stored): Fault[] {
  const within = ({ seq }: { seq: number }): boolean => seq > (page.asked ?? 0) && seq <= page.seq
  const seen = new Set(page.rows.map(({ seq }) => seq))
  const where = `${name} from ${page.asked} to ${page.seq}`
  return [
    ...rows.filter((row) => within(row) && !seen.has(row.seq)).map(({ seq }) => fault(uid, `number ${seq}: ${where}`)),
    ...states
      .filter((state) => within(state) && !has(page, state))
      .map(({ seq, topic, subject }) => fault(uid, `number ${seq}, topic ${topic} of ${subject}: ${where}`)),
  ]
}

const has = (page: SeenPage, { topic, subject, state, value }: State): boolean =>
  page.states.some(
    (one) => one.topic === topic && one.subject === subject && one.state === state && one.value === value,
  )

const fault = (uid: number, what: string): Fault => ({ kind: "skipped", uid, what: `was not given ${what}` })
