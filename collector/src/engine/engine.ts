/*
 * The embedded ClickHouse: SQL over ClickHouse's HTTP interface in, rows out. `main.ts` runs it as a process.
 *
 *   server → credential → request → body (statement, spool) → gate → session (chdb) → run → respond
 *
 * Every request gets a session of its own on the one engine of this process, so nothing leaks between requests. The
 * data of an insert goes to a file that the engine reads: it never comes near the SQL.
 */
import { mkdir, readFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import type { Logger } from "pino"
import type { EngineConfig } from "./config.ts"
import { checkConfined, writeConfig } from "./confine.ts"
import { createCredentialCheck } from "./credential.ts"
import { createGate, type Gate } from "./gate.ts"
import { createQueryHandler } from "./query.ts"
import { openServer } from "./server.ts"
import { createSessions, type EngineSession, type OpenSession } from "./session.ts"
import { openSpool } from "./spool.ts"
import { createCounters, type EngineStats, type QueryReport } from "./stats.ts"

export type EngineDeps = {
  log: Logger
  /** Called once for each request that passed the credential check, when it is done. */
  onQuery?: (report: QueryReport) => void
}

export type Engine = {
  /** Of the HTTP interface, without credentials. */
  url: string
  stats: () => EngineStats
  /**
   * Stops intake, lets what runs finish for up to `drainMs` (default 5 s), cancels the rest, closes the store. False
   * means that a query could not be cancelled: then only SIGKILL ends the process, and what was stored stays stored.
   */
  stop: (drainMs?: number) => Promise<boolean>
}

const DRAIN_MS = 5_000

/**
 * Opens the store and its HTTP door. Rejects when another process has the data directory. One engine per process; the
 * process must have been started with UV_THREADPOOL_SIZE of at least maxQueries + 4 (see start.cts).
 */
export async function createEngine(config: EngineConfig, { log, onQuery }: EngineDeps): Promise<Engine> {
  const dataDir = resolve(config.dataDir)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, "db")
  const openSession = createSessions(path, await readEngineArgs(dataDir, config))
  const keeper = await openStore(openSession, path) // keeps the engine between requests
  try {
    await checkConfined(keeper)
    await keeper.query(`CREATE DATABASE IF NOT EXISTS \`${config.database}\` ENGINE = Atomic`)
    const spool = await openSpool({ ...config, dataDir })
    const gates = createGates(config)
    const counters = createCounters()
    const report = (done: QueryReport) => {
      counters.add(done)
      onQuery?.(done)
    }
    const defaults = { database: config.database, max_execution_time: String(config.maxExecutionSec) }
    const queries = createQueryHandler({ ...config, openSession, spool, gates, log, defaults, report })
    const server = await openServer({
      ...config,
      queries,
      checkCredential: createCredentialCheck(config.user, config.password),
    })
    return {
      url: server.url,
      stats: () => ({
        ...counters.read(),
        ...addUp(gates.read.counts(), gates.write.counts()),
        spoolBytes: spool.usedBytes(),
      }),
      stop: async (drainMs = DRAIN_MS) => {
        const stopped = server.stop(drainMs)
        gates.read.close()
        gates.write.close()
        const drained = await stopped
        await spool.clear()
        if (drained) keeper.close()
        return drained
      },
    }
  } catch (error) {
    keeper.close()
    throw error
  }
}

/** Two thirds of the slots are for queries, one third for inserts and DDL. */
function createGates({ maxQueries, maxQueued, queueMs }: EngineConfig): { read: Gate; write: Gate } {
  const write = Math.max(1, Math.floor(maxQueries / 3))
  const limits = { queueLimit: maxQueued, waitMs: queueMs }
  return {
    read: createGate({ limit: Math.max(1, maxQueries - write), ...limits }),
    write: createGate({ limit: write, ...limits }),
  }
}

function addUp(a: { running: number; queued: number }, b: { running: number; queued: number }) {
  return { running: a.running + b.running, queued: a.queued + b.queued }
}

async function readEngineArgs(dataDir: string, config: EngineConfig): Promise<string[]> {
  return [
    `--config-file=${await writeConfig(dataDir)}`,
    `--max_server_memory_usage=${config.maxMemoryBytes}`,
    `--mark_cache_size=${config.markCacheBytes}`,
    `--background_pool_size=${config.mergeThreads}`,
  ]
}

async function openStore(openSession: OpenSession, path: string): Promise<EngineSession> {
  try {
    return openSession()
  } catch (cause) {
    const holder = await readHolder(path)
    const why = holder ? `process ${holder} has it (code 76)` : "the engine has printed why"
    throw new Error(`cannot open the store in ${path}: ${why}`, { cause })
  }
}

/** The live process that has the store open, from the file that the engine locks; its error does not tell. */
async function readHolder(path: string): Promise<number | undefined> {
  const status = await readFile(join(path, "status"), "utf8").catch(() => "")
  const pid = Number(/^PID: (\d+)/m.exec(status)?.[1])
  if (!pid || pid === process.pid) return undefined
  try {
    process.kill(pid, 0)
    return pid
  } catch {
    return undefined
  }
}
