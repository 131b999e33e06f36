import type { Ground } from "./ground.ts"
import {
  type Device,
  type Fault,
  KIND_RECALL,
  RECALLED,
  type Row,
  type SeenRow,
  type SeenState,
  type Stored,
} from "./history.ts"

/**
 * In the end every device has the newest key and the same states, what it was given of messages is what is stored, and what it keeps of
 * them is what it was given.
 */
export function findDisagreement(ground: Ground): Fault[] {
  return ground.devices.flatMap((device) => {
    const user = ground.userOf(device.uid)
    return [
      ...behind(device, user),
      ...otherStates(device, user),
      ...otherRows(device, user),
      ...otherKept(device, user),
    ]
  })
}

function behind({ uid, name, pages }: Device, { rows, states }: Stored): Fault[] {
  const newest = Math.max(0, ...rows.map(({ seq }) => seq), ...states.map(({ seq }) => seq))
  const reached = pages.at(-1)?.seq ?? 0
  return reached < newest ? [fault(uid, `${name} came to ${reached}, the newest number is ${newest}`)] : []
}

function otherStates({ uid, name, pages }: Device, { states }: Stored): Fault[] {
  const view = new Map<string, SeenState>()
  for (const state of pages.flatMap((page) => page.states)) view.set(`${state.topic} of ${state.subject}`, state)
  return states.flatMap(({ topic, subject, state, value }) => {
    const seen = view.get(`${topic} of ${subject}`)
    if (seen?.state === state && seen.value === value) return []
    return [fault(uid, `${name} has of topic ${topic} of ${subject} ${seen?.state ?? "nothing"}, stored is ${state}`)]
  })
}

function otherRows({ uid, name, pages }: Device, { rows }: Stored): Fault[] {
  const stored = new Map(rows.map((row) => [row.seq, row]))
  return pages
    .flatMap((page) => page.rows)
    .filter((seen) => !isSame(seen, stored.get(seen.seq), uid))
    .map(({ seq, text }) => fault(uid, `${name} has as ${seq} what is not stored there: ${JSON.stringify(text)}`))
}

/** More of one chat than this a device does not keep. */
const MOST_KEPT = 5_000

/** Of its user's messages from where it began on, in each chat, without one too many. */
function otherKept({ uid, name, pages, kept }: Device, { rows }: Stored): Fault[] {
  const from = pages.find(({ restart }) => restart)?.seq ?? 0
  const messages = rows.filter(({ kind, seq }) => kind !== KIND_RECALL && seq > from)
  const toName = (chat: number, seq: number, text: string): string => `${seq} of chat ${chat}: ${JSON.stringify(text)}`
  const should = new Set(messages.map(({ chat, seq, text }) => toName(chat, seq, text)))
  const has = new Set(kept.filter(({ seq }) => seq > from).map(({ chat, seq, text }) => toName(chat, seq, text)))
  if (should.size > MOST_KEPT) return []
  return [
    ...[...should].filter((one) => !has.has(one)).map((one) => fault(uid, `${name} does not keep ${one}`)),
    ...[...has].filter((one) => !should.has(one)).map((one) => fault(uid, `${name} keeps what is not so: ${one}`)),
  ]
}

function isSame(seen: SeenRow, row: Row | undefined, uid: number): boolean {
  if (row === undefined) return false
  const { from, chat, kind, ref, clientId, text } = row
  const ownId = from === uid ? clientId : null
  const same =
    seen.from === from && seen.chat === chat && seen.kind === kind && seen.ref === ref && seen.ownId === ownId
  return same && (seen.text === text || (row.flags & RECALLED) !== 0)
}

const fault = (uid: number, what: string): Fault => ({ kind: "disagree", uid, what })
