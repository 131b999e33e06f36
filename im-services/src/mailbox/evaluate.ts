/**
 * From what was asked to the rows of a batch: conditions are looked at one after the other, each seeing what those before it in the batch do.
 * Pure: what the store says comes in, rows and outcomes go out.
 */
import { ContactState, Kind, Topic } from "@ossagent/im-client/protocol"
import type { Batch, ChangeRow, MessageRow } from "./commit.ts"
import { nameOf } from "./commit.ts"
import { type AppendRequest, type ChangeItem, type Item, type Job, Stored } from "./generated/mailbox.codec.ts"
import type { Identity, StoredMessage, StoredState, Subject } from "./read.ts"

export interface Result {
  outcome: number
  seq: number
  at: number
}

/** What was asked, and where its results go. */
export type Task = { append: AppendRequest; results: Result[] } | { changes: readonly ChangeItem[]; results: Result[] }

/** A row of the batch and whose result it is. */
export interface Written {
  row: MessageRow
  item: Item
  result: Result
}

export interface Known {
  /** State of a contact: whose, of whom. */
  contact: (uid: number, peer: number) => number
  states: Map<string, StoredState>
  /** What recalls are about, and recalls that are there already, by nameOf. */
  targets: Map<string, StoredMessage>
  next: (uid: number) => number
  now: number
}

export interface Evaluated {
  batch: Batch
  written: Written[]
  /** Changes in the order of their numbers; a subject's older ones among them are not in the batch. */
  changed: ChangeRow[]
}

export const subjectName = ({ uid, topic, subject }: Subject): string => `${uid} ${topic} ${subject}`

export function evaluate(tasks: readonly Task[], known: Known): Evaluated {
  const evaluated: Evaluated = { batch: { messages: [], changes: [], bodies: [], jobs: [] }, written: [], changed: [] }
  for (const task of tasks) {
    if ("append" in task) evaluateAppend(task.append, task.results, known, evaluated)
    else for (const change of task.changes) task.results.push(evaluateChange(change, known, evaluated))
  }
  evaluated.batch.changes = [...new Map(evaluated.changed.map((row) => [subjectName(row), row])).values()]
  return evaluated
}

function evaluateAppend(append: AppendRequest, results: Result[], known: Known, to: Evaluated): void {
  const { items, job, bodies, together } = append
  let refused: Result | null = null
  for (const item of items) {
    const result: Result = refused === null ? evaluateItem(item, known, to) : { ...refused }
    if (together && result.outcome !== Stored.stored) refused = result
    results.push(result)
  }
  for (const { key, text } of bodies) to.batch.bodies.push({ key, text, at: known.now })
  const first = items[0]
  if (job !== undefined && first !== undefined && (results[0] as Result).outcome === Stored.stored)
    to.batch.jobs.push({ ...toJob(job, (results[0] as Result).seq, (results[0] as Result).at), uid: first.uid })
}

/** A job says what its item says; of a group's own mailbox the number goes to the members as their marker. */
function toJob(job: Job, seq: number, at: number) {
  const { gid, from, clientId, kind, text, flags, recallId, members, marker } = job
  return { gid, from, clientId, kind, text, flags, recallId, members, at, marker: marker === 0 ? 0 : seq }
}

function evaluateItem(item: Item, known: Known, to: Evaluated): Result {
  const at = item.at === 0 ? known.now : item.at
  const refused = (outcome: number): Result => ({ outcome, seq: 0, at: 0 })
  // What was stored before the other's mind changed is a repeat.
  const isFriend = !item.needsFriend || known.contact(item.uid, item.from) === ContactState.friend
  if (!isFriend && !known.targets.has(nameOf(item))) return refused(Stored.notFriends)
  let ref = 0
  if (item.kind === Kind.recall) {
    const target = known.targets.get(nameOf({ uid: item.uid, from: item.from, clientId: item.recallId }))
    if (target === undefined || target.kind !== Kind.text || target.chat !== item.chat) return refused(Stored.noTarget)
    const repeated = known.targets.has(nameOf(item))
    if (target.at < item.notBefore && !repeated) return refused(Stored.tooLate)
    ref = target.seq
  }
  const { uid, from, clientId, chat, kind, flags, text, body } = item
  const row: MessageRow = {
    uid,
    from,
    clientId,
    chat,
    kind,
    flags,
    text,
    ref,
    at,
    seq: known.next(uid),
    body: body.length > 0 ? body : null,
  }
  const result: Result = { outcome: Stored.stored, seq: row.seq, at }
  to.batch.messages.push(row)
  to.written.push({ row, item, result })
  return result
}

function evaluateChange(change: ChangeItem, known: Known, to: Evaluated): Result {
  const { uid, topic, subject, state, value, ifStates, rising, order } = change
  const name = subjectName({ uid, topic, subject })
  const present = known.states.get(name)
  if (ifStates.length > 0 && !ifStates.includes(present?.state ?? 0)) return kept(Stored.changed, present)
  if (present !== undefined && present.state === state && Buffer.compare(present.value, value) === 0)
    return kept(Stored.repeated, present)
  if (rising && present !== undefined && present.rank >= order) return kept(Stored.repeated, present)
  const row: ChangeRow = { uid, topic, subject, state, value, rank: order, seq: known.next(uid) }
  known.states.set(name, { ...row, value: Buffer.from(value) })
  to.changed.push(row)
  return { outcome: Stored.stored, seq: row.seq, at: known.now }
}

const kept = (outcome: number, present: StoredState | undefined): Result => ({ outcome, seq: present?.seq ?? 0, at: 0 })

interface Needs {
  /** Numbers for each user. */
  counts: Map<number, number>
  /** With the message that needs it. */
  contacts: (Subject & Identity)[]
  targets: Identity[]
  states: Subject[]
}

/** What has to be read before a batch can be evaluated. */
export function needsOf(tasks: readonly Task[]): Needs {
  const needs: Needs = { counts: new Map(), contacts: [], targets: [], states: [] }
  for (const task of tasks) {
    if ("append" in task) for (const item of task.append.items) addItem(item, needs)
    else
      for (const { uid, topic, subject } of task.changes) {
        count(needs.counts, uid)
        needs.states.push({ uid, topic, subject })
      }
  }
  return needs
}

function addItem(
  { uid, from, clientId, needsFriend, kind, recallId }: Item,
  { counts, contacts, targets }: Needs,
): void {
  count(counts, uid)
  if (needsFriend) contacts.push({ uid, topic: Topic.contact, subject: from, from, clientId })
  if (kind === Kind.recall) targets.push({ uid, from, clientId }, { uid, from, clientId: recallId })
}

const count = (counts: Map<number, number>, uid: number): void => void counts.set(uid, (counts.get(uid) ?? 0) + 1)
