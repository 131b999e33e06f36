import type { ServerCall } from "@ossagent/svrkit/rpc"
import type { Stored } from "@ossagent/svrkit/store"
import type { Account, User } from "./generated/auth.codec.ts"
import { authError } from "./generated/auth.server.ts"
import type { AuthStores } from "./generated/auth.stores.ts"
import type { Hasher } from "./hasher.ts"
import { parseName, parsePassword, toNameKey } from "./name.ts"
import type { Tries } from "./tries.ts"

const MOST_TRIES = 20
/** A registration that was done and whose answer was lost may be asked for again for so long. */
const REPEAT_MS = 600_000

export interface Credentials {
  name: string
  password: string
  address: string
}

interface Parts {
  stores: Pick<AuthStores, "accounts" | "names">
  hasher: Hasher
  tries: Tries
  newUid: () => Promise<number>
  now: () => number
}

/** Accounts and their names. */
export function createAccounts({ stores: { accounts, names }, hasher, tries, newUid, now }: Parts) {
  /** The user's account where the password is right. Takes as long for a name that nobody has. */
  const authenticate = async (given: Credentials, call: ServerCall): Promise<Stored<Account>> => {
    const [key, password] = [toNameKey(parseName(given.name)), parsePassword(given.password)]
    const waitMs = tries.take(key, given.address, now())
    if (waitMs > 0) throw authError("slow_down", "too many wrong passwords for this name", { retryAfterMs: waitMs })
    const user = await names.get(key)
    const account = await accounts.get(user?.value.uid ?? 0)
    if (!(await hasher.verify(account?.value.hash ?? null, password, call)) || account === null) {
      throw authError("wrong_password", "no such user, or another password")
    }
    tries.giveBack(key, given.address, now())
    return account
  }

  /** The account first and its name last: a crash between leaves an account that no name leads to, and never a name without account. */
  const register = async (given: Credentials, call: ServerCall): Promise<number> => {
    const [name, password] = [parseName(given.name), parsePassword(given.password)]
    if ((await names.get(toNameKey(name))) !== null) return repeated(given, call)
    const hash = await hasher.hash(password, call)
    const uid = await newUid()
    await accounts.put(uid, { uid, name, hash, createdAt: now() }, 0)
    if ((await names.put(toNameKey(name), { uid, name }, 0)) !== null) return uid
    await accounts.delete(uid)
    return repeated(given, call)
  }

  /** Whoever has just registered and asks again, with the same password, is answered as the first time. */
  const repeated = async (given: Credentials, call: ServerCall): Promise<number> => {
    const taken = authError("name_taken", `somebody has the name ${given.name}`)
    const user = await names.get(toNameKey(given.name))
    const account = user && (await accounts.get(user.value.uid))
    if (!account || now() - account.value.createdAt > REPEAT_MS) throw taken
    const same = await authenticate(given, call).catch((error: { code?: string }) => {
      throw error.code === "wrong_password" ? taken : error
    })
    return same.value.uid
  }

  /** A number for a device that logs in: the next one of its user. */
  const addDevice = async (account: Stored<Account>): Promise<number> => {
    let stored: Stored<Account> | null = account
    for (let i = 0; i < MOST_TRIES && stored !== null; i++) {
      const device = stored.value.lastDevice + 1
      if ((await accounts.put(stored.value.uid, { ...stored.value, lastDevice: device }, stored.version)) !== null) {
        return device
      }
      stored = await accounts.get(account.value.uid)
    }
    throw authError("unavailable", "cannot log in: too many devices of this user do so at this moment")
  }

  const get = async (uid: number): Promise<Account> => {
    const account = await accounts.get(uid)
    if (account === null) throw authError("no_such_user", `there is no user ${uid}`)
    return account.value
  }

  const find = async (name: string): Promise<User> => {
    const user = await names.get(toNameKey(parseName(name)))
    if (user === null) throw authError("no_such_user", `there is no user with the name ${name}`)
    return user.value
  }

  /** The name first and the account last: a crash between leaves an account that no name leads to. */
  const remove = async ({ uid, name }: Account): Promise<void> => {
    const key = toNameKey(name)
    if ((await names.get(key))?.value.uid === uid) await names.delete(key)
    await accounts.delete(uid)
  }
  return { authenticate, register, addDevice, get, find, remove }
}

export type Accounts = ReturnType<typeof createAccounts>
