/**
 * mailbox: calls → `set.ts` (append, change: one batch at a time) or `sync.ts` (pages) of the user's SET. What became visible goes through
 * `notify.ts` to every access that watches its user, and jobs wake async.
 */
import { randomBytes } from "node:crypto"
import { defineRpcService, type ServiceContext } from "@ossagent/svrkit"
import type { OptionalAsyncClient } from "../async/generated/async.client.ts"
import { connectStores } from "../datastore/connect.ts"
import { createSeqClient } from "../seq/client.ts"
import { mailboxConfig } from "./config.ts"
import type { Evaluated } from "./evaluate.ts"
import { mailboxNeeds } from "./generated/mailbox.needs.ts"
import { serveMailbox } from "./generated/mailbox.server.ts"
import { type MailboxStores, openMailboxStores } from "./generated/mailbox.stores.ts"
import { createHandlers, type Held } from "./handlers.ts"
import { countJobs } from "./jobs.ts"
import { createNotifier, type News } from "./notify.ts"
import { createSetPoints } from "./points.ts"
import { MailboxSet, type SetOptions } from "./set.ts"
import { Watchers } from "./watchers.ts"

const SWEEP_MS = 1_000

export const mailbox = defineRpcService({ name: "mailbox", partOf: "im", config: mailboxConfig, start })

type Context = ServiceContext<typeof mailboxConfig>

function start(context: Context): void {
  const { config, rpc, agent, log, onStop } = context
  const seq = createSeqClient(rpc, config.seq)
  const async = mailboxNeeds.async(rpc, config.async)
  const lost = agent.counter("im.mailbox.notifies_lost", { unit: "{notify}" })
  lost.inc(0)
  const { terms } = openMailboxStores(connectStores(context))
  const held = new Map<number, Held>()
  for (const { set: number, url } of config.databases) {
    const watchers = new Watchers()
    const notify = createNotifier(rpc, watchers, () => lost.inc())
    const one: Held = { watchers, run: newRun(), set: null as never }
    one.set = new MailboxSet({
      ...{ url, set: number, sets: config.mailboxes.length, run: newRun() },
      recentBytes: (config.recentMb * 1024 * 1024) / config.databases.length,
      allocate: (uids, counts) => seq.allocate(uids, counts),
      onVisible: (visible) => tell(visible, { notify, async, set: number }),
      onReset: () => {
        watchers.clear()
        one.run = newRun()
      },
      terms: createTerms(terms, number),
      points: createSetPoints(agent, number),
      log,
    })
    held.set(number, one)
    one.set.start()
    context.ready(`set ${number}`, () => (one.set.ownership === null ? "not served here" : null))
    onStop(() => one.set.stop())
  }
  watchState(context, held)
  serveMailbox(rpc, createHandlers(held, config.mailboxes.length))
}

const createTerms = (store: MailboxStores["terms"], set: number): SetOptions["terms"] => ({
  read: async () => (await store.get(set))?.value.term ?? 0,
  write: async (term) => void (await store.put(set, { term })),
})

const newRun = (): string => randomBytes(6).toString("base64url")

interface Ears {
  notify: (news: readonly News[]) => void
  async: OptionalAsyncClient
  set: number
}

function tell({ written, changed, batch }: Evaluated, { notify, async, set }: Ears): void {
  const news = new Map<number, News>()
  for (const { row, item } of written)
    news.set(row.uid, { uid: row.uid, seq: row.seq, origin: news.has(row.uid) ? 0 : item.device })
  for (const { uid, seq } of changed) news.set(uid, { uid, seq, origin: 0 })
  notify([...news.values()])
  if (batch.jobs.length > 0) void async.wake({ set }) // its failure is counted by the client; async looks by itself
}

/** Figures of what is held, and what is to be done from time to time. */
function watchState({ agent, onStop, log }: Context, held: ReadonlyMap<number, Held>): void {
  const timer = setInterval(() => {
    for (const { watchers } of held.values()) watchers.sweep()
  }, SWEEP_MS)
  onStop(() => clearInterval(timer))
  for (const [number, { set, watchers }] of held) {
    const labels = { set: number }
    const gauge = (name: string, read: () => number) => agent.gauge(name, read, { labels })
    gauge("im.mailbox.watched", () => watchers.size)
    gauge("im.mailbox.recent_bytes", () => set.recent.size.bytes)
    gauge("im.mailbox.recent_users", () => set.recent.size.users)
    let jobs = 0
    gauge("im.mailbox.jobs", () => jobs)
    const count = setInterval(() => {
      if (set.ownership === null) return
      countJobs(set.pool).then(
        (found) => {
          jobs = found
        },
        (error: unknown) => log.debug({ err: error, set: number }, "jobs not counted"),
      )
    }, SWEEP_MS * 10)
    onStop(() => clearInterval(count))
  }
}
