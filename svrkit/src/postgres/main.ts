import pg from "pg"
import { z } from "zod"
import { port, setting } from "../config.ts"
import { defineService, type ServiceContext } from "../service.ts"
import { type RunningPostgres, startPostgres } from "./start.ts"

const SETTINGS = {
  port: setting("OSSAGENT_PG_PORT", port(7074), "port of PostgreSQL on 127.0.0.1; default 7074, 0 takes a free one"),
  healthPort: setting("OSSAGENT_PG_HEALTH_PORT", port(0), "port of /healthz and /readyz; default a free one"),
  dataDir: setting("OSSAGENT_PG_DATA", z.string().min(1).default("data/postgres"), "data directory"),
  user: setting("OSSAGENT_PG_USER", z.string().min(1).default("ossagent"), "superuser of the cluster"),
  password: setting("OSSAGENT_PG_PASSWORD", z.string().min(8), "its password", { secret: true }),
  database: setting("OSSAGENT_PG_DATABASE", z.string().min(1).default("ossagent"), "database made at the start"),
}

/** The embedded PostgreSQL as a process: it ends when the server does, so that whoever supervises it starts both again. */
const postgres = defineService({
  name: "postgres",
  config: SETTINGS,
  door: (config) => ({ port: config.healthPort, host: "127.0.0.1", credentials: [] }),
  start: async (context) => {
    const { config, log, onStop } = context
    const starting = startPostgres({ ...config, log: (line) => log.debug(line) })
    stopWhileStarting(starting)
    const server = await starting
    let stopping = false
    onStop(() => {
      stopping = true
      return server.stop()
    })
    void server.ended.then(({ code, signal }) => {
      if (stopping) return
      log.error({ code, signal }, "the server has ended by itself")
      process.exit(1)
    })
    await watch(context, server.url)
    log.info({ port: server.port, dataDir: config.dataDir }, "database ready")
    process.send?.({ postgresPort: server.port })
  },
})

/** The shell listens to signals only once the service has started; until then a signal would leave the server alone. */
function stopWhileStarting(starting: Promise<RunningPostgres>): void {
  const stop = (event: string) => {
    if (process.listenerCount(event) > 1) return // the shell's turn
    void starting.then((server) => server.stop()).finally(() => process.exit(0))
  }
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop(signal))
  if (process.connected === false) stop("disconnect")
  else if (process.connected) process.on("disconnect", () => stop("disconnect"))
}

interface Stats {
  commits: number
  rollbacks: number
  connections: number
  size: number
  reads: number
  hits: number
}

/** Figures of the server by its own statistics, each second; none while it does not answer. */
async function watch({ agent, log, onStop }: ServiceContext<typeof SETTINGS>, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: "ossagent-postgres" })
  client.on("error", (error) => log.warn({ err: error }, "statistics stop until the next start"))
  await client.connect()
  const commits = agent.counter("postgres.commits", { unit: "{transaction}" })
  const rollbacks = agent.counter("postgres.rollbacks", { unit: "{transaction}" })
  const reads = agent.counter("postgres.blocks.read", { unit: "{block}" })
  const hits = agent.counter("postgres.blocks.hit", { unit: "{block}" })
  const connections = agent.gauge("postgres.connections", { unit: "{connection}" })
  const size = agent.gauge("postgres.size", { unit: "By" })
  let before: Stats | null = null
  const timer = setInterval(() => {
    void readStats(client).then(
      (now) => {
        connections.set(now.connections)
        size.set(now.size)
        commits.inc(now.commits - (before?.commits ?? now.commits))
        rollbacks.inc(now.rollbacks - (before?.rollbacks ?? now.rollbacks))
        reads.inc(now.reads - (before?.reads ?? now.reads))
        hits.inc(now.hits - (before?.hits ?? now.hits))
        before = now
      },
      () => undefined,
    )
  }, 1_000)
  onStop(async () => {
    clearInterval(timer)
    await client.end()
  })
}

async function readStats(client: pg.Client): Promise<Stats> {
  const { rows } = await client.query<Stats>(
    `SELECT sum(xact_commit)::float8 AS commits, sum(xact_rollback)::float8 AS rollbacks, sum(numbackends)::float8 AS connections,
            sum(blks_read)::float8 AS reads, sum(blks_hit)::float8 AS hits, pg_database_size(current_database())::float8 AS size
     FROM pg_stat_database`,
  )
  return rows[0] as Stats
}

await postgres.run()
