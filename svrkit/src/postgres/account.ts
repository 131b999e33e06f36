import { execFile } from "node:child_process"
import { promisify } from "node:util"

const run = promisify(execFile)

/** The OS account that the postgres processes run under; `undefined` means the account of this process. */
export type Account = { uid: number; gid: number } | undefined

/**
 * Finds the account to run PostgreSQL under: PostgreSQL refuses to run as root, so root hands over to the system
 * account `postgres`, which is made (no home, no shell) when the machine has none. Anyone else runs it as themselves.
 */
export async function readAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return undefined
  const known = await tryLookUp("postgres")
  if (known) return known
  await createSystemUser("postgres")
  const made = await tryLookUp("postgres")
  if (!made) throw new Error("cannot run PostgreSQL as root: the account postgres was made but cannot be looked up")
  return made
}

async function tryLookUp(name: string): Promise<Account> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])])
    return { uid: Number.parseInt(uid.stdout, 10), gid: Number.parseInt(gid.stdout, 10) }
  } catch {
    return undefined // `id` exits 1 for an unknown name
  }
}

async function createSystemUser(name: string): Promise<void> {
  try {
    await run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name])
  } catch (cause) {
    if (await tryLookUp(name)) return // another process made it in the same moment
    throw new Error(
      `cannot run PostgreSQL as root: no account ${name}, and useradd failed. Make that account, or run as an ordinary user`,
      { cause },
    )
  }
}
