/**
 * The collector: wire → log → head → tables → reports. Folders are the steps of a point's way: `receive`, `head`, `table`, `report`, `remove`;
 * `engine` is the embedded ClickHouse, a process of its own.
 */
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { defineService, type ServiceContext } from "@ossagent/svrkit"
import type { Logger } from "pino"
import { CONFIG } from "./config.ts"
import { ERRORS } from "./errors.ts"
import type { Batch } from "./head/batch.ts"
import { Head } from "./head/head.ts"
import { Log } from "./head/log.ts"
import { Registry } from "./head/registry.ts"
import { replay } from "./head/replay.ts"
import { receiveFrames } from "./receive/frames.ts"
import { GroupPool } from "./receive/group-pool.ts"
import { Names } from "./receive/names.ts"
import { Seen } from "./receive/seen.ts"
import { answerRemoval } from "./remove/remove.ts"
import { answerReports } from "./report/door.ts"
import { LiveStreams } from "./report/live.ts"
import { createStore, type Store } from "./table/client.ts"
import { migrate } from "./table/migrate.ts"
import { loadSeries, SeriesSaver } from "./table/save-series.ts"
import { createTables, storeBatch } from "./table/store-batch.ts"

const CATALOG_DAYS = 35
const KEEP_MS = 20_000
const TIDY_MS = 60_000

type Context = ServiceContext<typeof CONFIG>

export const collector = defineService({
  name: "collector",
  config: CONFIG,
  errors: ERRORS,
  door: ({ port, ingestKeys, readTokens, removeTokens }) => ({
    port,
    credentials: [
      ...ingestKeys.map(({ name, token }) => ({ name, token, scopes: ["ingest"] })),
      ...readTokens.map(({ name, token }) => ({ name, token, scopes: ["read"] })),
      ...removeTokens.map(({ name, token }) => ({ name, token, scopes: ["remove"] })),
    ],
  }),
  async start(context) {
    const { config, log, onStop } = context
    const store = createStore({
      url: config.clickhouseUrl,
      user: config.clickhouseUser,
      password: config.clickhousePassword,
      database: config.clickhouseDatabase,
      maxExecutionSec: config.querySec,
      maxMemoryBytes: config.queryMemory,
      maxRowsToRead: config.queryRows,
    })
    onStop(() => store.close())
    await untilThere(() => migrate(store, log), log)
    const registry = new Registry()
    await loadSeries(registry, store, Math.floor(config.mostSeries / 2), CATALOG_DAYS)
    const { head, ...receive } = await startHead(context, store, registry)
    receiveFrames(context, { ...receive, head, limitBytes: config.frameBytes })
    const live = new LiveStreams(head, registry, config.mostStreams)
    onStop(() => live.closeAll())
    const baselineMs = config.exceptionBaselineSec * 1_000
    answerReports(context, { head, registry, store, baselineMs }, live)
    answerRemoval(context, { head, registry, store, keptMs: CATALOG_DAYS * 86_400_000 })
    watchItself(context, head, receive.log, registry)
    context.ready("clickhouse", () => store.ping())
    context.ready("store", () => head.trouble)
  },
})

/** ClickHouse may start later than we do. */
async function untilThere(run: () => Promise<void>, log: Logger): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await run()
    } catch (error) {
      if (tries === 60) throw error
      if (tries % 5 === 0) log.warn({ err: error }, "ClickHouse is not there yet: trying again each second")
      await sleep(1_000)
    }
  }
}

async function startHead({ config, log: logger, onStop }: Context, store: Store, registry: Registry) {
  const names = new Names(registry, config.mostSeries)
  const seen = new Seen()
  const log = new Log({ directory: join(config.dataDir, "log"), limitBytes: config.logBytes })
  const pool = new GroupPool()
  const leftOver = await replay({ log, names, pool, seen, logger })
  const saver = new SeriesSaver(registry, store)
  const tables = createTables(store, registry)
  const storeOne = async (batch: Batch, again: boolean): Promise<void> => {
    const from = performance.now()
    await storeBatch(batch, again, tables)
    await saver.save()
    logger.debug(
      { batch: batch.number, points: batch.points, ms: Math.round(performance.now() - from) },
      "batch stored",
    )
  }
  const head = new Head(
    log,
    seen,
    storeOne,
    { batchMs: config.batchMs, limitBytes: config.headBytes, keepMs: KEEP_MS },
    logger,
  )
  await head.start(leftOver, await rolledUntil(store))
  onStop(() => head.stop())
  const tidy = setInterval(() => tidyUp(registry, names, head), TIDY_MS)
  onStop(() => clearInterval(tidy))
  return { head, names, pool, seen, log }
}

/** Unix ms from which minutes are still to be rolled up, when no log segment says so: the end of the newest rolled up minute. */
async function rolledUntil(store: Store): Promise<number> {
  const [row] = await store.rows<{ newest: number }>("SELECT toUnixTimestamp(max(t)) AS newest FROM points_1m")
  const newest = row?.newest ?? 0
  return newest === 0 ? Date.now() : (newest + 60) * 1_000 + 6_000
}

/** Forgets series that nobody sent for 35 days, and agents idle for an hour. */
function tidyUp(registry: Registry, names: Names, head: Head): void {
  const now = Date.now()
  const gone = new Set<number>()
  if (head.waiting === 0) {
    for (const slot of registry)
      if ((registry.lastSeen[slot] as number) < now - CATALOG_DAYS * 86_400_000) gone.add(slot)
  }
  for (const slot of gone) registry.remove(slot)
  names.tidy(now, gone)
}

function watchItself({ agent }: Context, head: Head, log: Log, registry: Registry): void {
  agent.gauge("collector.series", () => registry.size, { unit: "{series}" })
  agent.gauge("collector.head.size", () => head.bytes, { unit: "By" })
  agent.gauge("collector.head.waiting", () => head.waiting, { unit: "{batch}" })
  agent.gauge("collector.log.size", () => log.bytes, { unit: "By" })
  agent.gauge("collector.log.sync", () => log.syncMs, { unit: "ms" })
}
