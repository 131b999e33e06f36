import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { access, chmod, chown, mkdir, rename, rm, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { promisify } from "node:util"
import type { Account } from "./account.ts"

const run = promisify(execFile)

/** The whole environment of the postgres processes: nothing of ours (passwords!) is handed on. */
export const CHILD_ENV = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" }

export type ClusterRequest = {
  home: string
  account: Account
  initdb: string
  user: string
  password: string
  /** False skips the fsync of the new files: for throw-away instances. */
  durable: boolean
}

/**
 * Makes the database cluster below `home` unless it is there, and returns its directory. It is built beside its
 * place and moved there in one step, so a crash half way leaves nothing that looks like a cluster.
 */
export async function ensureCluster(request: ClusterRequest): Promise<string> {
  const cluster = join(request.home, "cluster")
  await ensureHome(request.home, request.account)
  if (await exists(join(cluster, "PG_VERSION"))) return cluster
  const draft = `draft-${randomBytes(4).toString("hex")}`
  try {
    await runInitdb(request, draft)
    await rename(join(request.home, draft), cluster).catch(unlessThere)
  } finally {
    await rm(join(request.home, draft), { recursive: true, force: true })
  }
  return cluster
}

/**
 * The name under which a process whose working directory is `directory` may call it. Linux's /proc/self/cwd leads
 * there even when a directory further up is closed to the account (a data directory in root's 0700 home).
 */
export function toOwnDirectory(directory: string): string {
  return process.platform === "linux" ? "/proc/self/cwd" : directory
}

async function ensureHome(home: string, account: Account): Promise<void> {
  await mkdir(home, { recursive: true })
  await chmod(home, 0o700)
  if (account) await chown(home, account.uid, account.gid)
}

async function runInitdb({ home, account, initdb, user, password, durable }: ClusterRequest, draft: string) {
  const directory = join(home, draft)
  const passwordFile = `${directory}.password`
  await mkdir(directory, { mode: 0o700 })
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: "wx" })
  if (account) for (const path of [directory, passwordFile]) await chown(path, account.uid, account.gid)
  const options = [
    `--pgdata=${toOwnDirectory(directory)}`,
    `--username=${user}`,
    `--pwfile=../${basename(passwordFile)}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    ...(durable ? [] : ["--no-sync"]),
  ]
  try {
    await run(initdb, options, { cwd: directory, env: CHILD_ENV, ...account })
  } catch (cause) {
    const why = (cause as { stderr?: string }).stderr?.trim() || String(cause)
    throw new Error(`cannot make a PostgreSQL cluster in ${home}: ${why}`, { cause })
  } finally {
    await rm(passwordFile, { force: true })
  }
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST" && error.code !== "ENOTEMPTY") throw error
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
