import { MOST_TEXT_BYTES } from "@ossagent/im-client/protocol"
import { isAway } from "@ossagent/svrkit/postgres"
import type { AppendRequest, FindReplyInit, StoredChangeInit } from "./generated/mailbox.codec.ts"
import { type MailboxHandlers, mailboxError } from "./generated/mailbox.server.ts"
import { finishJobs, takeJobs } from "./jobs.ts"
import { readIdentities, readStates, readTopic } from "./read.ts"
import { setOf } from "./route.ts"
import type { MailboxSet } from "./set.ts"
import { isBehind, readOlder, readPage } from "./sync.ts"
import { clear, trim } from "./trim.ts"
import { unavailable } from "./unavailable.ts"
import type { Watchers } from "./watchers.ts"

const MOST_ITEMS = 1_000
const MOST_JOBS = 256
const MOST_LEASE_MS = 600_000

/** A SET of this process. */
export interface Held {
  set: MailboxSet
  watchers: Watchers
  /** Of the watchers: another one after all were forgotten. */
  run: string
}

export function createHandlers(held: ReadonlyMap<number, Held>, sets: number): MailboxHandlers {
  const heldOf = (set: number): Held => {
    const one = held.get(set)
    if (one === undefined)
      throw mailboxError("no_set", `cannot serve SET ${set}: it is not of this process`, { retryAfterMs: 200 })
    one.set.owned()
    return one
  }
  const of = (uid: number): Held => heldOf(setOf(uid, sets))
  const ofAll = (uids: readonly number[]): Held => {
    const numbers = new Set(uids.map((uid) => setOf(uid, sets)))
    if (numbers.size !== 1) throw mailboxError("bad_request", `one SET at a time, not ${numbers.size}`)
    return heldOf([...numbers][0] as number)
  }
  return {
    append: async (request) => {
      checkAppend(request)
      return { results: await ofAll(request.items.map(({ uid }) => uid)).set.append(request) }
    },
    putChanges: async ({ changes }) => {
      checkCount(changes.length)
      return { results: await ofAll(changes.map(({ uid }) => uid)).set.putChanges(changes) }
    },
    getChanges: ({ uid, topic, subjects }) =>
      guarded(async () => {
        const { pool } = of(uid).set
        if (subjects.length === 0) return { changes: await readTopic(pool, uid, topic) }
        checkCount(subjects.length)
        const found = await readStates(
          pool,
          subjects.map((subject) => ({ uid, topic, subject })),
        )
        return { changes: found satisfies StoredChangeInit[] }
      }),
    watch: ({ access, run: accessRun, watchers }) =>
      guarded(async () => {
        checkCount(watchers.length)
        const { set, watchers: watching, run } = ofAll(watchers.map(({ uid }) => uid))
        watching.watch(
          access,
          accessRun,
          watchers.map(({ uid }) => uid),
        ) // first, so that nothing falls between
        return { run, behind: await Promise.all(watchers.map(({ uid, key }) => isBehind(set, uid, key))) }
      }),
    unwatch: ({ access, uids }) => {
      for (const uid of uids) held.get(setOf(uid, sets))?.watchers.unwatch(access, [uid])
      return {}
    },
    beat: ({ access, run: accessRun, set }) => {
      const { watchers, run } = heldOf(set)
      return { run, watched: watchers.beat(access, accessRun) }
    },
    sync: ({ uid, ...asked }) => guarded(() => readPage(of(uid).set, uid, asked)),
    history: ({ uid, ...asked }) => guarded(() => readOlder(of(uid).set, uid, asked)),
    find: ({ uid, from, clientId }) =>
      guarded(async (): Promise<FindReplyInit> => {
        const [found] = await readIdentities(of(uid).set.pool, [{ uid, from, clientId }])
        return found === undefined
          ? { found: false, item: {} }
          : { found: true, seq: found.seq, item: { ...found, body: undefined } }
      }),
    takeJobs: ({ set, limit, leaseMs }) =>
      guarded(async () => {
        const jobs = await takeJobs(heldOf(set).set.pool, Math.min(limit, MOST_JOBS), Math.min(leaseMs, MOST_LEASE_MS))
        return { jobs: jobs.map((job) => ({ ...job, set })) }
      }),
    finishJobs: ({ set, ids }) =>
      guarded(async () => {
        checkCount(ids.length)
        await finishJobs(heldOf(set).set.pool, ids)
        return {}
      }),
    trim: ({ uid, upTo }) => guarded(async () => ({ removed: await trim(of(uid).set.pool, uid, upTo) })),
    clear: ({ uid }) => guarded(async () => ({ removed: await clear(of(uid).set.pool, uid) })),
  }
}

function checkCount(count: number): void {
  if (count === 0 || count > MOST_ITEMS) throw mailboxError("bad_request", `1 to ${MOST_ITEMS} at a time, not ${count}`)
}

function checkAppend({ items, job, bodies }: AppendRequest): void {
  checkCount(items.length)
  for (const { text } of [...items, ...bodies, ...(job === undefined ? [] : [job])]) {
    if (text.length > MOST_TEXT_BYTES)
      throw mailboxError("too_large", `a text of ${text.length} characters is longer than ${MOST_TEXT_BYTES}`)
    if (text.includes("\0")) throw mailboxError("bad_request", "a text may not have a character of number 0")
  }
}

/** Faults of the store are a matter of a moment: the caller may ask again. */
async function guarded<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (isAway(error)) throw unavailable(`cannot read the store: ${(error as Error).message}`)
    throw error
  }
}
