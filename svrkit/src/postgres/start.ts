/*
 * Embedded PostgreSQL: data directory and credentials in, connection URL out.
 * readAccount → readBinaries → ensureCluster → stopOrphan → spawn → ensureDatabase; stop() walks back.
 * `main.ts` runs it as a process of its own; tests call `startTestPostgres`.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { createServer } from "node:net"
import { createInterface } from "node:readline"
import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { type Account, readAccount } from "./account.ts"
import { readBinaries } from "./binaries.ts"
import { CHILD_ENV, ensureCluster, toOwnDirectory } from "./cluster.ts"
import { clearOwner, stopOrphan, writeOwner } from "./orphan.ts"

export type PostgresOptions = {
  /** Made when it is not there; the cluster lies in `cluster` below it. */
  dataDir: string
  /** TCP port on 127.0.0.1; 0 takes a free one. */
  port: number
  /** The superuser of the cluster; fixed, with its password, when the cluster is made. */
  user: string
  password: string
  /** Made when it is not there. */
  database: string
  /** Gets what the server prints, line by line. Default: nobody. */
  log?: (line: string) => void
  /** False trades safety on power loss for speed: only for throw-away instances. Default true. */
  durable?: boolean
}

export type RunningPostgres = {
  /** postgres://user:password@127.0.0.1:port/database */
  url: string
  port: number
  /** The server's process id. */
  pid: number
  /** Settles when the server has ended, whoever ended it. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** Fast shutdown with a checkpoint; harmless when repeated. */
  stop: () => Promise<void>
}

const START_MS = 60_000
const STOP_MS = 7_000

/** Starts PostgreSQL on loopback and resolves when the database accepts connections; rejects with what it printed. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { dataDir, user, password, database, log = () => {}, durable = true } = options
  const account = await readAccount()
  const { initdb, postgres } = await readBinaries(account)
  const cluster = await ensureCluster({ home: dataDir, account, initdb, user, password, durable })
  const orphan = await stopOrphan(cluster)
  if (orphan !== undefined) log(`stopped the server ${orphan} that a killed wrapper had left`)
  const port = options.port || (await readFreePort())
  const server = await spawnServer({ postgres, cluster, account, port, durable, log })
  try {
    await writeOwner(cluster)
    await ensureDatabase({ host: "127.0.0.1", port, user, password, database })
  } catch (error) {
    await server.stop()
    throw error
  }
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`
  return { ...server, port, url: `postgres://${login}@127.0.0.1:${port}/${encodeURIComponent(database)}` }
}

type ServerRequest = {
  postgres: string
  cluster: string
  account: Account
  port: number
  durable: boolean
  log: (line: string) => void
}

type Server = Pick<RunningPostgres, "pid" | "ended" | "stop">

async function spawnServer({ postgres, cluster, account, port, durable, log }: ServerRequest): Promise<Server> {
  const flags = Object.entries(toFlags(port, durable)).flatMap(([name, value]) => ["-c", `${name}=${value}`])
  const child = spawn(postgres, ["-D", toOwnDirectory(cluster), ...flags], {
    cwd: cluster,
    env: CHILD_ENV,
    stdio: ["ignore", "ignore", "pipe"],
    ...account,
  })
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }))
  })
  if (child.pid) stopWithParent(child.pid, ended)
  const stop = async () => {
    await endChild(child, ended)
    await clearOwner(cluster)
  }
  try {
    await untilReady(child, log)
  } catch (error) {
    await stop()
    throw error
  }
  return { pid: child.pid ?? 0, ended, stop }
}

/** Sized for a machine with two cores that runs everything else too. */
function toFlags(port: number, durable: boolean): Record<string, string | number> {
  return {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    password_encryption: "scram-sha-256",
    max_connections: 100,
    shared_buffers: "128MB",
    max_wal_size: "512MB",
    random_page_cost: 1.1,
    jit: "off",
    log_min_error_statement: "panic", // statements carry people's data and secrets: they stay out of the log
    log_line_prefix: "",
    fsync: durable ? "on" : "off",
    ...(durable ? {} : { synchronous_commit: "off", full_page_writes: "off", shared_buffers: "32MB" }),
  }
}

/** A shell that waits for the end of its input, which is the end of this process, however it ends; SIGKILL too. */
function stopWithParent(server: number, ended: Promise<unknown>): void {
  const watcher = spawn("/bin/sh", ["-c", `read _; kill -INT ${server}`], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true, // out of reach of Ctrl-C
    env: CHILD_ENV,
  })
  watcher.unref()
  watcher.once("error", () => undefined) // without a shell the next start takes the server over
  void ended.then(() => watcher.kill("SIGKILL"))
}

function untilReady(child: ChildProcess, log: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const said: string[] = []
    const refuse = (why: string) => reject(new Error(`cannot start PostgreSQL: ${why}`))
    const timer = setTimeout(() => refuse(`not ready after ${START_MS} ms: ${said.join(" | ")}`), START_MS)
    child.once("error", (error) => refuse(error.message))
    child.once("close", (code, signal) => refuse(`it ended with ${signal ?? code}: ${said.join(" | ")}`))
    if (!child.stderr) return refuse("its output cannot be read")
    createInterface({ input: child.stderr }).on("line", (line) => {
      log(line)
      if (said.length < 20) said.push(line)
      if (!line.includes("ready to accept connections")) return
      clearTimeout(timer)
      resolve()
    })
  })
}

async function endChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.kill("SIGINT") // fast shutdown: ends the sessions, writes a checkpoint
  const late = await Promise.race([ended.then(() => false), sleep(STOP_MS, true, { ref: false })])
  if (!late) return
  child.kill("SIGQUIT") // immediate: recovery at the next start
  await ended
}

type Login = { host: string; port: number; user: string; password: string; database: string }

async function ensureDatabase({ database, ...login }: Login): Promise<void> {
  const client = new pg.Client({ ...login, database: "postgres" })
  try {
    await client.connect()
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [database])
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`)
  } catch (cause) {
    throw new Error(`cannot open the PostgreSQL database ${database} as ${login.user}: ${(cause as Error).message}`, {
      cause,
    })
  } finally {
    await client.end()
  }
}

function readFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject)
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))))
    })
  })
}
