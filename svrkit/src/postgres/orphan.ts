import { execFile } from "node:child_process"
import { readFile, readlink, realpath, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"

const run = promisify(execFile)

const FAST_STOP_MS = 15_000
const IMMEDIATE_STOP_MS = 10_000

/**
 * Clears the way for a new server on `cluster`: a server whose wrapper was killed is stopped through its
 * postmaster.pid. Throws when that server still has its wrapper, because then the directory is in use.
 *
 * @returns the pid of the server that was stopped, or undefined when there was none
 */
export async function stopOrphan(cluster: string): Promise<number | undefined> {
  const pid = await tryReadPid(join(cluster, "postmaster.pid"))
  if (pid === undefined) return undefined
  if (!(await isServerOf(pid, cluster))) {
    await rm(join(cluster, "postmaster.pid"), { force: true }) // its pid may be another process's by now
    return undefined
  }
  const owner = await tryReadPid(ownerFile(cluster))
  if (owner !== undefined && (await readParent(pid)) === owner)
    throw new Error(`cannot start PostgreSQL in ${cluster}: it is in use by process ${owner} (server ${pid})`)
  process.kill(pid, "SIGINT") // fast shutdown: ends the sessions, writes a checkpoint
  if (await isGone(pid, FAST_STOP_MS)) return pid
  process.kill(pid, "SIGQUIT") // immediate: recovery at the next start
  if (await isGone(pid, IMMEDIATE_STOP_MS)) return pid
  throw new Error(`cannot start PostgreSQL in ${cluster}: the server ${pid} left by a killed wrapper does not stop`)
}

/** Notes which process supervises the server, so that a later start can tell an orphan from a server in use. */
export async function writeOwner(cluster: string): Promise<void> {
  await writeFile(ownerFile(cluster), `${process.pid}\n`)
}

/** Takes the note away after an orderly stop. */
export async function clearOwner(cluster: string): Promise<void> {
  await rm(ownerFile(cluster), { force: true })
}

function ownerFile(cluster: string): string {
  return `${cluster}.owner`
}

async function tryReadPid(file: string): Promise<number | undefined> {
  const text = await readFile(file, "utf8").catch(() => "")
  const pid = Number.parseInt(text, 10)
  return pid > 1 ? pid : undefined
}

/** Guards against a reused pid: the process must be alive and sit in the cluster's directory. */
async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (process.platform !== "linux") {
    const command = await run("ps", ["-o", "command=", "-p", String(pid)]).catch(() => undefined)
    return command?.stdout.includes(cluster) ?? false
  }
  return (await readlink(`/proc/${pid}/cwd`).catch(() => "")) === (await realpath(cluster))
}

async function readParent(pid: number): Promise<number> {
  if (process.platform !== "linux") {
    const { stdout } = await run("ps", ["-o", "ppid=", "-p", String(pid)])
    return Number.parseInt(stdout, 10)
  }
  const status = await readFile(`/proc/${pid}/status`, "utf8")
  return Number.parseInt(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? "", 10)
}

async function isGone(pid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false
    await sleep(20)
  }
  return true
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}
