import { Topic, writeMarker } from "@ossagent/im-client/protocol"
import { Writer } from "@ossagent/svrkit/codec"
import type {
  AppendRequestInit,
  ChangeItemInit,
  ItemInit,
  Job,
  PutChangesRequestInit,
} from "../mailbox/generated/mailbox.codec.ts"

/** Members of one call: as many as a mailbox takes, less some. */
export const MOST_AT_ONCE = 500
/** A shorter text stands in each member's row: a reference would be no smaller. */
const SHORT_TEXT = 32

/** What is done in one go for a group: one message, or the newest number of a large group. */
export type Step = { jobs: Job[]; message: Job } | { jobs: Job[]; marker: Job }

/** The jobs of one group, oldest first, as steps in their order. Of numbers of a large group in a row the newest alone counts. */
export function toSteps(jobs: readonly Job[]): Step[] {
  const steps: Step[] = []
  for (const job of jobs) {
    const last = steps.at(-1)
    if (job.marker === 0) steps.push({ jobs: [job], message: job })
    else if (last === undefined || "message" in last) steps.push({ jobs: [job], marker: job })
    else {
      last.jobs.push(job)
      last.marker = { ...job, members: [...new Set([...last.marker.members, ...job.members])] }
    }
  }
  return steps
}

/** Members by SET, in pieces. */
function toPieces(members: readonly number[], setOf: (uid: number) => number): { set: number; uids: number[] }[] {
  const pieces = new Map<number, { set: number; uids: number[] }>()
  const all: { set: number; uids: number[] }[] = []
  for (const uid of members) {
    const set = setOf(uid)
    let piece = pieces.get(set)
    if (piece === undefined || piece.uids.length === MOST_AT_ONCE) {
      piece = { set, uids: [] }
      pieces.set(set, piece)
      all.push(piece)
    }
    piece.uids.push(uid)
  }
  return all
}

/** The appends of a message, each of one SET, the text once in each. */
export function toAppends(job: Job, setOf: (uid: number) => number): { set: number; request: AppendRequestInit }[] {
  const { gid, from, clientId, at, kind, text, flags, recallId, members } = job
  return toPieces(members, setOf).map(({ set, uids }) => {
    const once = text.length > SHORT_TEXT && uids.length > 1
    const key = once ? toBodyKey(job) : undefined
    const item: ItemInit = { from, clientId, chat: gid, at, kind, flags, recallId, text: once ? "" : text, body: key }
    const bodies = key === undefined ? [] : [{ key, text }]
    return { set, request: { items: uids.map((uid) => ({ ...item, uid })), bodies } }
  })
}

/** The same for the same message, whoever writes it. */
function toBodyKey({ gid, from, clientId }: Job): Uint8Array {
  const writer = new Writer(64)
  for (const value of [gid, from, clientId]) writer.uint64(value, "body key")
  return writer.take()
}

/** The changes that tell members of a large group's newest number; a lower one never replaces a higher one. */
export function toMarkers(job: Job, setOf: (uid: number) => number): { set: number; request: PutChangesRequestInit }[] {
  const { gid, marker, members } = job
  const writer = new Writer(64)
  writeMarker(writer, { seq: marker })
  const value = writer.take()
  const change: ChangeItemInit = { topic: Topic.marker, subject: gid, state: 0, value, rising: true, order: marker }
  return toPieces(members, setOf).map(({ set, uids }) => ({
    set,
    request: { changes: uids.map((uid) => ({ ...change, uid })) },
  }))
}
