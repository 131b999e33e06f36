import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { toGuardedClient } from "../../postgres/connection.ts"
import { RpcError } from "../../rpc/errors.ts"
import { Slots } from "./slots.ts"

export interface ServersOptions {
  /** `postgres://…`, each a server of one replicated PostgreSQL. */
  urls: readonly string[]
  /** Connections to each. */
  mostConnections: number
  /** Run once at each server that is found to be the primary. */
  setUp: string
  /** How the engine is called in messages. */
  name: string
  onTrouble: (message: string) => void
}

interface Server {
  pool: pg.Pool
  slots: Slots
  place: string
  role: "unknown" | "primary" | "standby"
}

const PROBE_MS = 1_000
const AGAIN_MS = 200
const LOOK_MS = 2_000
const QUERY_MS = 5_000

/**
 * The servers of one engine. The primary is the one that is not in recovery; of two, the one of the higher timeline, and never one of a
 * timeline below that of a primary seen before: an old primary that comes back after another was promoted is not written to.
 */
export class Servers {
  private readonly servers: Server[]
  private readonly options: ServersOptions
  private primary: Server | null = null
  private timeline = 0
  private readonly ready = new Set<Server>()
  private looking: Promise<void> | null = null
  private stopped = false
  private readonly timer: NodeJS.Timeout | null

  constructor(options: ServersOptions) {
    this.options = options
    this.servers = options.urls.map((url) => this.open(url))
    const many = this.servers.length > 1
    this.timer = many ? setInterval(() => void this.look(), LOOK_MS).unref() : null
  }

  private open(url: string): Server {
    const quiet = (): void => undefined // the query in hand tells, or the next one opens another connection
    const pool = new pg.Pool({
      Client: toGuardedClient(quiet),
      connectionString: url,
      max: this.options.mostConnections + 1, // one is for the probe
      connectionTimeoutMillis: PROBE_MS,
      query_timeout: QUERY_MS,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      application_name: `store-${this.options.name}`,
    })
    pool.on("error", quiet)
    const { hostname, port } = new URL(url)
    return {
      pool,
      slots: new Slots(this.options.mostConnections),
      place: `${hostname}:${port || 5432}`,
      role: "unknown",
    }
  }

  get found(): boolean {
    return this.primary !== null
  }

  /** Runs `work` on a connection to the primary, or where `lagOk` to a standby; looks for another primary until the deadline. */
  async use<T>(work: (client: pg.ClientBase) => Promise<T>, deadlineAt: number, lagOk = false): Promise<T> {
    for (;;) {
      const server = (lagOk ? this.standby() : undefined) ?? (await this.find(deadlineAt))
      try {
        return await server.slots.use(() => runOn(server.pool, work, deadlineAt), deadlineAt)
      } catch (error) {
        if (!isAway(error)) throw this.translate(error)
        const lost = !isConflict(error) && !(error instanceof Late && error.waitedMs < PROBE_MS)
        if (lost) this.lose(server, error as Error)
        if (performance.now() >= deadlineAt) throw this.away(error as Error)
        if (lost) await sleep(20)
      }
    }
  }

  private standby(): Server | undefined {
    return this.servers.find(({ role }) => role === "standby")
  }

  private async find(deadlineAt: number): Promise<Server> {
    while (this.primary === null) {
      if (this.stopped) throw new RpcError("unavailable", `cannot use the engine ${this.options.name}: it was stopped`)
      const leftMs = deadlineAt - performance.now()
      if (leftMs <= 0) throw this.away(new Error("no server of it is a primary that answers"))
      await Promise.race([this.look(), sleep(leftMs, undefined, { ref: false })])
      if (this.primary === null) await sleep(Math.max(1, Math.min(AGAIN_MS, deadlineAt - performance.now())))
    }
    return this.primary
  }

  private lose(server: Server, error: Error): void {
    server.role = "unknown"
    if (this.primary !== server) return
    this.primary = null
    this.options.onTrouble(`the primary ${server.place} of the engine ${this.options.name} is away: ${error.message}`)
  }

  /** Asks all servers what they are, once at a time. */
  private look(): Promise<void> {
    this.looking ??= this.lookNow().finally(() => {
      this.looking = null
    })
    return this.looking
  }

  private async lookNow(): Promise<void> {
    const seen = await Promise.all(this.servers.map((server) => this.probe(server)))
    let best: { server: Server; timeline: number } | null = null
    for (const [index, timeline] of seen.entries()) {
      const server = this.servers[index] as Server
      server.role = timeline === 0 ? "standby" : "unknown"
      if (timeline !== null && timeline > (best?.timeline ?? this.timeline - 1)) best = { server, timeline }
    }
    if (best === null || this.stopped) return
    if (!(await this.setUp(best.server))) return
    best.server.role = "primary"
    this.timeline = best.timeline
    if (this.primary === best.server) return
    this.primary = best.server
    if (this.servers.length > 1)
      this.options.onTrouble(`the engine ${this.options.name} is at ${best.server.place} now`)
  }

  /** A primary's timeline; 0 of a standby, null of a server that does not answer. */
  private async probe({ pool }: Server): Promise<number | null> {
    try {
      const { rows } = await runOn(
        pool,
        (client) => client.query<{ timeline: string | null }>(PROBE),
        performance.now() + PROBE_MS,
      )
      const timeline = rows[0]?.timeline ?? null
      return timeline === null ? 0 : Number.parseInt(timeline, 16)
    } catch {
      return null
    }
  }

  private async setUp(server: Server): Promise<boolean> {
    if (this.ready.has(server)) return true
    try {
      await runOn(server.pool, (client) => setUpOnce(client, this.options.setUp), performance.now() + QUERY_MS)
      this.ready.add(server)
      return true
    } catch (error) {
      this.options.onTrouble(
        `cannot set up the engine ${this.options.name} at ${server.place}: ${(error as Error).message}`,
      )
      return false
    }
  }

  private away(error: Error): RpcError {
    return new RpcError("unavailable", `cannot use the engine ${this.options.name}: ${error.message}`, { retry: true })
  }

  private translate(error: unknown): unknown {
    if (error instanceof RpcError || !(error instanceof pg.DatabaseError)) return error
    return new RpcError("internal", `the engine ${this.options.name} refuses: ${error.code} ${error.message}`)
  }

  async stop(): Promise<void> {
    this.stopped = true
    if (this.timer !== null) clearInterval(this.timer)
    await Promise.all(this.servers.map(({ pool }) => pool.end()))
  }
}

const PROBE = `SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END AS timeline`

/** One process sets up at a time: CREATE … IF NOT EXISTS fails when two do so at once. */
async function setUpOnce(client: pg.ClientBase, sql: string): Promise<void> {
  await client.query(`BEGIN; SELECT pg_advisory_xact_lock(1937010548, 0); ${sql}; COMMIT`)
}

/** A connection whose query did not end well is closed: nobody else meets what it still does. */
async function runOn<T>(pool: pg.Pool, work: (client: pg.ClientBase) => Promise<T>, deadlineAt: number): Promise<T> {
  const client = await pool.connect()
  let over: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const leftMs = Math.max(1, deadlineAt - performance.now())
    over = setTimeout(() => reject(new Late(leftMs)), leftMs)
  })
  try {
    const result = await Promise.race([work(client), late])
    client.release()
    return result
  } catch (error) {
    client.release(true)
    throw error
  } finally {
    clearTimeout(over)
  }
}

class Late extends Error {
  readonly waitedMs: number
  constructor(waitedMs: number) {
    super(`no answer within ${Math.round(waitedMs)} ms`)
    this.waitedMs = waitedMs
  }
}

const AWAY = new Set(["57P01", "57P02", "57P03", "25006", "53300", "40P01", "40001"])
/** Errors after which the same work may be done again, here or elsewhere; what has no SQL state is the connection's. */
const isAway = (error: unknown): boolean =>
  error instanceof pg.DatabaseError
    ? AWAY.has(error.code ?? "") || error.code?.startsWith("08") === true
    : !(error instanceof RpcError)
const isConflict = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === "40P01" || error.code === "40001")
