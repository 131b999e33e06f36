/**
 * Reports → alarms → people. Wires the steps: `watch` asks the collector, `detect` and `rule` judge, `alarm` keeps the state and its
 * history, `notify` tells people, `door` shows it and takes their acts.
 *
 * The door opens at once; everything else begins when PostgreSQL answers, and survives its restarts.
 */
import { randomUUID } from "node:crypto"
import { defineService, type ServiceContext, ServiceError } from "@ossagent/svrkit"
import type { ChannelKind } from "@ossagent/wire"
import { prune } from "./alarm/prune.ts"
import { type BacktestDeps, backtest } from "./backtest/backtest.ts"
import { CONFIG } from "./config.ts"
import { findCulprit } from "./culprit/culprit.ts"
import { migrate } from "./database/migrate.ts"
import { type OpenDatabase, openDatabase } from "./database/open.ts"
import { untilReady } from "./database/ready.ts"
import { addRoutes } from "./door/door.ts"
import { createHub } from "./door/hub.ts"
import { LOGIC_SCOPE } from "./door/releases.ts"
import { ERRORS } from "./errors.ts"
import { createIncidents, type Incidents } from "./incident/incidents.ts"
import { createLeases } from "./lease/leases.ts"
import type { ImSettings } from "./notify/channel/im.ts"
import { toLimits } from "./notify/limits.ts"
import { startLocalServer } from "./notify/localserver.ts"
import { createMailbox, type Mailbox } from "./notify/mailbox.ts"
import type { SmsReceipt } from "./notify/sms/receipt.ts"
import { builtInKinds, type Notify, startNotify } from "./notify/start.ts"
import { remind } from "./oncall/remind.ts"
import { seedOnCall } from "./oncall/seed.ts"
import { createOnCallStore } from "./oncall/store.ts"
import { readPicture } from "./picture/picture.ts"
import { createReleaseActs } from "./release/acts.ts"
import { RELEASE, startReleases } from "./release/start.ts"
import { createRuleStore, type RuleStore, seedRules } from "./rule/store.ts"
import { type Collector, createCollector } from "./watch/collector.ts"
import { createCollectorStore } from "./watch/collector-store.ts"
import { readClosed } from "./watch/exception-store.ts"
import { createExceptions } from "./watch/exceptions.ts"
import { createHistoryStore } from "./watch/history-store.ts"
import { startLoop } from "./watch/loop.ts"
import { createMinutes } from "./watch/minutes.ts"
import { createPresence, type Presence } from "./watch/presence.ts"
import { createPresenceStore } from "./watch/presence-store.ts"
import { LOOK, MINUTE, startWatch } from "./watch/watch.ts"

type Context = ServiceContext<typeof CONFIG>

/** People wait for it, and the dashboard no longer than 20 s. */
const BACKTEST_MS = 15_000

export const alerting = defineService({
  name: "alerting",
  config: CONFIG,
  errors: ERRORS,
  door: (config) => ({
    port: config.port,
    credentials: [
      { name: "dashboard", token: config.token, scopes: ["alarms:read", "alarms:write"] },
      ...(config.logicToken === undefined ? [] : [{ name: "logic", token: config.logicToken, scopes: [LOGIC_SCOPE] }]),
    ],
    bodyLimitBytes: 256 * 1024,
  }),
  start: async (context) => {
    const { config, log, http, onStop, ready } = context
    const database = openDatabase({
      url: config.postgresUrl,
      onFault: (error) => log.warn({ why: error.message }, "a database connection broke"),
    })
    onStop(database.close)
    const parts = await createParts(context, database)
    const onCall = createOnCallStore(database.db, Date.now)
    const { book, acts } = parts.incidents
    const { forget, forgetService } = parts.presence
    const onReceipt = async (receipt: SmsReceipt): Promise<void> => {
      if (!parts.notify.now) throw new ServiceError("unavailable", "cannot take receipts yet", { retryAfterSec: 2 })
      await parts.notify.now.onReceipt(receipt)
    }
    const replay: BacktestDeps = { collector: parts.collector, now: Date.now, limitMs: BACKTEST_MS }
    addRoutes(http, {
      ...{ db: database.db, ...parts, book, acts, onCall, now: Date.now, forget, forgetService, onReceipt },
      releases: createReleaseActs(database.db, Date.now),
      backtest: (question) => backtest(replay, question),
    })
    const stopping = new AbortController()
    let trouble: string | null = "waits for PostgreSQL"
    const booting = boot(context, database, parts, stopping.signal).then(
      () => {
        trouble = null
      },
      (error: unknown) => {
        if (stopping.signal.aborted) return
        trouble = `cannot begin: ${(error as Error).message}`
        log.error({ err: error }, "cannot begin to watch")
      },
    )
    ready("watch", () => trouble)
    onStop(async () => {
      stopping.abort()
      await booting
    })
  },
})

interface Parts {
  incidents: Incidents
  rules: RuleStore
  hub: ReturnType<typeof createHub>
  collector: Collector
  presence: Presence
  mailbox: Mailbox
  smtp: { url: string; local: boolean }
  /** Set once the job queue runs; before that the sweep finds what was written. */
  notify: { now: Notify | null }
  wake: (ids: readonly string[]) => void
  /** Ways out that need no document of their own. */
  builtIn: () => ReadonlySet<ChannelKind>
}

async function createParts({ config, log, onStop }: Context, { db }: OpenDatabase): Promise<Parts> {
  const now = Date.now
  const notify: Parts["notify"] = { now: null }
  const kinds = builtInKinds({ im: toIm(config) })
  const builtIn = () => kinds
  const wake = (ids: readonly string[]): void => notify.now?.wake(ids)
  const collector = createCollector({ url: config.collectorUrl, token: config.readToken })
  const rules = createRuleStore(db, now)
  const hub: Parts["hub"] = createHub(() => incidents.book.countOpen(), log)
  const incidents = createIncidents({
    db,
    builtIn,
    findCulprit: async (alarm) => {
      const rule = (await rules.list()).find(({ id }) => id === alarm.ruleId)
      return findCulprit(collector, alarm, Date.now(), rule === undefined ? {} : { rule })
    },
    now,
    onOutbox: wake,
    onChanged: hub.publish,
    log,
  })
  const mailbox = createMailbox(db, { keep: config.mailKeep, keepDays: config.mailKeepDays }, now)
  const local = config.smtpUrl === undefined ? await startLocalServer(config.smtpPort, mailbox, log) : null
  if (local) onStop(local.stop)
  const smtp = { url: local?.url ?? config.smtpUrl ?? "", local: local !== null }
  const presence = createPresence({
    collector,
    store: createPresenceStore(db),
    settings: {
      minRunSec: config.minRunSec,
      freshSec: config.freshSec,
      maxLookGapSec: 4 * (config.lookMs / 1000) + 10,
    },
    judge: incidents.book.judge,
    log,
  })
  return { incidents, rules, hub, collector, presence, mailbox, smtp, notify, wake, builtIn }
}

/** Everything that needs the database: runs when it answers for the first time. */
async function boot(context: Context, database: OpenDatabase, parts: Parts, signal: AbortSignal): Promise<void> {
  const { log, onStop } = context
  const applied = await untilReady(() => migrate(database.pool), log, signal)
  if (applied.length > 0) log.info({ applied }, "schema brought up to date")
  await untilReady(() => seedRules(database.db), log, signal)
  await untilReady(() => seedOnCall(database.db, context.config.alarmEmails, parts.builtIn().has("im")), log, signal)
  const notify = await untilReady(() => startMessages(context, database, parts), log, signal)
  parts.notify.now = notify
  onStop(notify.stop)
  onStop(parts.incidents.start().stop)
  await startWatching(context, database, parts, signal)
}

function startMessages({ config, log, agent }: Context, { db }: OpenDatabase, parts: Parts): Promise<Notify> {
  const { collector, mailbox, smtp, incidents } = parts
  const { postgresUrl, dashboardUrl, webhookAllowPrivate: allowPrivate } = config
  const limits = toLimits({ burst: config.mailBurst, refillSec: config.mailRefillSec })
  return startNotify({
    settings: { postgresUrl, dashboardUrl, from: config.alarmFrom, limits, allowPrivate, im: toIm(config) },
    ...{
      db,
      mailbox,
      smtp,
      log,
      agent,
      now: Date.now,
      random: Math.random,
      sweepMs: 2_000,
      sendMs: config.sendSec * 1_000,
    },
    readPicture: (alarm) => readPicture(collector, alarm, Date.now()),
    onReply: async ({ incidentId, name }) => {
      await incidents.acts.acknowledge(incidentId, { name, note: "by a reply in the IM" })
    },
  })
}

function toIm({ imDispatchUrl, imAppKey, imAccount, imPassword }: Context["config"]): ImSettings | null {
  if (imDispatchUrl === undefined || imAppKey === undefined || imPassword === undefined) return null
  return { dispatch: imDispatchUrl, appKey: imAppKey, account: imAccount, password: imPassword }
}

async function startWatching(context: Context, { db }: OpenDatabase, parts: Parts, signal: AbortSignal): Promise<void> {
  const { config, log, agent, onStop } = context
  const { rules, collector, presence } = parts
  const { book } = parts.incidents
  const minutes = createMinutes({
    collector,
    store: createHistoryStore(db),
    judge: book.judge,
    readOpen: book.readOpenPrints,
    maxSeries: config.maxSeries,
    clock: Date.now,
    log,
    agent,
  })
  const exceptions = createExceptions({
    collector,
    judge: book.judge,
    readOpen: book.readOpenPrints,
    readClosed: (prints) => readClosed(db, prints),
    log,
  })
  const leases = createLeases({
    db,
    holder: randomUUID(),
    names: [LOOK, MINUTE, RELEASE],
    ttlMs: config.leaseSec * 1000,
    log,
    onGained: async (name) => {
      if (name === LOOK) await presence.restore()
      if (name === MINUTE) await minutes.restore()
    },
  })
  await untilReady(leases.turn, log, signal)
  const sharing = startLoop({ name: "lease", everyMs: (config.leaseSec * 1000) / 5, log }, leases.turn)
  onStop(async () => {
    await sharing.stop()
    await leases.stop()
  })
  const { lookMs, minuteDelayMs } = config
  const standings = createCollectorStore(db)
  const { holds } = leases
  const watch = startWatch({
    collector,
    rules,
    book,
    presence,
    minutes,
    exceptions,
    standings,
    holds,
    lookMs,
    minuteDelayMs,
    log,
    agent,
  })
  onStop(watch.stop)
  const { releaseLookMs: releaseMs, releaseJudgeMs: judgeMs } = config
  onStop(startReleases({ db, collector, rules, judge: book.judge, holds, lookMs: releaseMs, judgeMs, log }).stop)
  const daily = startLoop({ name: "prune", everyMs: 3_600_000, log }, (now) => prune(db, config.alarmKeepDays, now))
  onStop(daily.stop)
  const reminding = startLoop({ name: "remind", everyMs: 30_000, log }, async (now) =>
    parts.wake(await remind(db, now)),
  )
  onStop(reminding.stop)
}
