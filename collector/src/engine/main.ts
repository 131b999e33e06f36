import { defineService, port, setting, whole } from "@ossagent/svrkit"
import { z } from "zod"
import { createEngine } from "./engine.ts"
import type { QueryReport } from "./stats.ts"

const MIB = 1024 * 1024

/** Settings of the embedded ClickHouse's process. */
const SETTINGS = {
  port: setting(
    "OSSAGENT_CLICKHOUSE_PORT",
    port(8123),
    "port of ClickHouse's HTTP interface on 127.0.0.1; default 8123, 0 takes a free one",
  ),
  healthPort: setting(
    "OSSAGENT_CLICKHOUSE_HEALTH_PORT",
    port(0),
    "port of /healthz and /readyz on 127.0.0.1; default a free one",
  ),
  dataDir: setting(
    "OSSAGENT_CLICKHOUSE_DATA",
    z.string().min(1).default("data/clickhouse"),
    "data directory, of one process at a time; default data/clickhouse",
  ),
  user: setting(
    "OSSAGENT_CLICKHOUSE_USER",
    z.string().min(1).max(64).default("ossagent"),
    "user that clients present; default ossagent",
  ),
  password: setting(
    "OSSAGENT_CLICKHOUSE_PASSWORD",
    z.string().min(8).max(256),
    "password that clients present, at least 8 characters",
    {
      secret: true,
    },
  ),
  database: setting(
    "OSSAGENT_CLICKHOUSE_DATABASE",
    z
      .string()
      .regex(/^\w{1,64}$/)
      .default("ossagent"),
    "database made at the start and used by requests that name none; default ossagent",
  ),
  maxMemoryBytes: setting(
    "OSSAGENT_CLICKHOUSE_MEMORY_BYTES",
    whole(2048 * MIB, 256 * MIB, 2 ** 40),
    "memory the engine may use; about 250 MiB of the process come on top; default 2 GiB",
  ),
  markCacheBytes: setting(
    "OSSAGENT_CLICKHOUSE_MARK_CACHE_BYTES",
    whole(256 * MIB, MIB, 2 ** 36),
    "cache of index marks; default 256 MiB",
  ),
  mergeThreads: setting("OSSAGENT_CLICKHOUSE_MERGE_THREADS", whole(2, 1, 64), "threads for merges; default 2"),
  maxQueries: setting(
    "OSSAGENT_CLICKHOUSE_MAX_QUERIES",
    whole(12, 1, 60),
    "statements that run at once, two thirds of them queries, one third inserts and DDL; default 12",
  ),
  maxQueued: setting(
    "OSSAGENT_CLICKHOUSE_MAX_QUEUED",
    whole(200, 0, 10_000),
    "requests that wait for a query slot; default 200",
  ),
  queueMs: setting(
    "OSSAGENT_CLICKHOUSE_QUEUE_MS",
    whole(10_000, 0, 600_000),
    "longest wait for a query slot, ms; default 10000",
  ),
  maxExecutionSec: setting(
    "OSSAGENT_CLICKHOUSE_MAX_EXECUTION_SEC",
    whole(60, 1, 86_400),
    "max_execution_time of requests that set none, s; default 60",
  ),
  maxQueryBytes: setting(
    "OSSAGENT_CLICKHOUSE_MAX_QUERY_BYTES",
    whole(256 * 1024, 1024, 16 * MIB),
    "longest statement; default 256 KiB",
  ),
  maxUrlBytes: setting(
    "OSSAGENT_CLICKHOUSE_MAX_URL_BYTES",
    whole(256 * 1024, 8192, 4 * MIB),
    "longest URL with headers; default 256 KiB",
  ),
  maxBodyBytes: setting(
    "OSSAGENT_CLICKHOUSE_MAX_BODY_BYTES",
    whole(512 * MIB, 1024, 2 ** 36),
    "largest insert body, decompressed; default 512 MiB",
  ),
  maxSpoolBytes: setting(
    "OSSAGENT_CLICKHOUSE_MAX_SPOOL_BYTES",
    whole(1024 * MIB, 1024, 2 ** 36),
    "all insert bodies under way together; default 1 GiB",
  ),
  minFreeBytes: setting(
    "OSSAGENT_CLICKHOUSE_MIN_FREE_BYTES",
    whole(512 * MIB, 0, 2 ** 42),
    "free disk below which inserts are refused; default 512 MiB",
  ),
}

const STATS_MS = 60_000

/** The embedded ClickHouse as a process. Started by start.cjs, which sets the size of the thread pool first. */
const clickhouse = defineService({
  name: "clickhouse",
  config: SETTINGS,
  door: (config) => ({ port: config.healthPort, host: "127.0.0.1", credentials: [] }),
  start: async ({ config, log, agent, onStop }) => {
    const duration = agent.timer("clickhouse.query.duration", { unit: "ms" })
    const rows = agent.counter("clickhouse.inserted", { unit: "{row}" })
    const failed = agent.counter("clickhouse.query.failed", { unit: "{query}" })
    const onQuery = ({ kind, durationMs, writtenRows, error }: QueryReport) => {
      duration.with({ kind }).record(durationMs)
      if (error) failed.with({ error }).inc()
      else rows.inc(writtenRows)
    }
    const engine = await createEngine(config, { log, onQuery })
    agent.gauge("clickhouse.query.active", () => engine.stats().running, { unit: "{query}" })
    agent.gauge("clickhouse.query.queued", () => engine.stats().queued, { unit: "{query}" })
    const timer = setInterval(() => log.debug(engine.stats(), "engine"), STATS_MS).unref()
    onStop(async () => {
      clearInterval(timer)
      const clean = await engine.stop()
      log.info(engine.stats(), "engine stopped")
      if (clean) return
      log.error("a query cannot be cancelled: the process is killed, what was acknowledged is stored")
      process.kill(process.pid, "SIGKILL") // process.exit would wait for that query for ever
    })
    log.info({ url: engine.url, dataDir: config.dataDir }, "engine ready")
    process.send?.({ engine: engine.url })
  },
})

await clickhouse.run()
