import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { chown, mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import pg from "pg"
import { type Account, readAccount } from "../../postgres/account.ts"

const run = promisify(execFile)
const HOME = "/usr/lib/postgresql"
const ENV = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" }

/** A PostgreSQL server of the distribution; the embedded one comes without pg_basebackup. */
export interface Server {
  url: string
  port: number
  /** SIGKILL to all of its processes. */
  kill: () => Promise<void>
  ask: (sql: string) => Promise<pg.QueryResultRow[]>
}
export interface Replicated {
  primary: Server
  standby: Server
  /** The old primary again, as it was when it died. */
  restart: () => Promise<Server>
  stop: () => Promise<void>
}

/** Whether this machine has what a standby needs, or this user may install it. */
export const canReplicate = async (): Promise<boolean> => (await findPrograms()) !== null || process.getuid?.() === 0

/** Where pg_basebackup is; installs PostgreSQL where it is missing and this is root, once for all test files. */
async function readPrograms(): Promise<string> {
  const found = await findPrograms()
  if (found !== null) return found
  if (process.getuid?.() !== 0)
    throw new Error("cannot test a standby: install PostgreSQL with pg_basebackup (Debian: postgresql-15)")
  const install = [
    "mkdir -p /etc/postgresql-common",
    "echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf",
    `ls ${HOME}/*/bin/pg_basebackup >/dev/null 2>&1 || { apt-get update -qq && apt-get install -yqq --no-install-recommends -o Dpkg::Options::=--force-confold postgresql; }`,
  ].join(" && ")
  await run("flock", ["/tmp/ossagent-apt.lock", "sh", "-c", install], {
    env: { ...ENV, DEBIAN_FRONTEND: "noninteractive" },
  })
  const installed = await findPrograms()
  if (installed === null)
    throw new Error(`cannot test a standby: PostgreSQL was installed, but ${HOME} has no pg_basebackup`)
  return installed
}

async function findPrograms(): Promise<string | null> {
  const versions = (await readdir(HOME).catch(() => []))
    .filter((name) => /^\d+$/.test(name))
    .sort((a, b) => Number(b) - Number(a))
  for (const version of versions) {
    const programs = join(HOME, version, "bin")
    if ((await readdir(programs).catch(() => [] as string[])).includes("pg_basebackup")) return programs
  }
  return null
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, "close")
  return port
}

/** A primary and a standby that must have a commit before it is acknowledged. */
export async function startReplicated(): Promise<Replicated> {
  const programs = await readPrograms()
  const account = await readAccount()
  const home = await mkdtemp(join(tmpdir(), "ossagent-replicated-"))
  if (account !== undefined) await chown(home, account.uid, account.gid)
  const [first, second] = [join(home, "primary"), join(home, "standby")]
  const servers: Server[] = []
  const start = async (directory: string, port: number, more: string[]): Promise<Server> => {
    const server = await startServer({ programs, account, directory, port, more })
    servers.push(server)
    return server
  }
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.kill()))
    await rm(home, { recursive: true, force: true })
  }
  try {
    const options = { ...account, cwd: home, env: ENV }
    await run(join(programs, "initdb"), ["-D", first, "-U", "postgres", "--auth=trust", "--no-sync"], options)
    const [port, standbyPort] = [await freePort(), await freePort()]
    const primary = await start(first, port, [])
    const source = ["-h", "127.0.0.1", "-p", `${port}`, "-U", "postgres", "-c", "fast", "-X", "stream", "--no-sync"]
    await run(join(programs, "pg_basebackup"), [...source, "-R", "-D", second], options)
    const standby = await start(second, standbyPort, [
      "-c",
      "cluster_name=standby1",
      "-c",
      "wal_retrieve_retry_interval=200ms",
    ])
    await primary.ask("ALTER SYSTEM SET synchronous_standby_names = 'standby1'")
    await primary.ask("SELECT pg_reload_conf()")
    await until(async () => (await primary.ask("SELECT sync_state FROM pg_stat_replication"))[0]?.sync_state === "sync")
    return { primary, standby, stop, restart: () => start(first, port, []) }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Start {
  programs: string
  account: Account
  directory: string
  port: number
  more: string[]
}

async function startServer({ programs, account, directory, port, more }: Start): Promise<Server> {
  const fixed = [
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "shared_buffers=32MB",
    "synchronous_commit=on",
  ]
  const args = ["-D", directory, ...fixed.flatMap((one) => ["-c", one]), ...more]
  const child = spawn(join(programs, "postgres"), args, { ...account, cwd: directory, env: ENV, stdio: "ignore" })
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const ask = async (sql: string): Promise<pg.QueryResultRow[]> => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
    client.on("error", () => undefined)
    try {
      await client.connect()
      return (await client.query(sql)).rows
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  await until(() => {
    if (child.exitCode !== null)
      throw new Error(`cannot start PostgreSQL in ${directory}: it ended with ${child.exitCode}`)
    return ask("SELECT 1").then(
      () => true,
      () => false,
    )
  })
  return { url, port, ask, kill: () => killAll(child) }
}

/** PostgreSQL's processes are in no group: they are found as children. */
async function killAll(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").catch(() => "")
  const ended = once(child, "exit")
  for (const pid of [child.pid as number, ...children.trim().split(" ").map(Number)].filter((one) => one > 1)) {
    try {
      process.kill(pid, "SIGKILL")
    } catch {
      // it has ended meanwhile
    }
  }
  await ended
}

async function until(holds: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error("a PostgreSQL server is not ready in time")
    await sleep(50)
  }
}
