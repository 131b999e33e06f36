import { ChatError } from "@ossagent/im-client/node"
import type { Installation } from "../installation.ts"
import { VERSION_END } from "../names.ts"
import { Person, passwordOf } from "../people/person.ts"

/** Of the program by which accounts are removed: it is no version that was throttled as a whole. */
const VERSION = `8.0.0${VERSION_END}`
const WAIT_MS = 1_000
const MOST_TRIES = 60
const LOST: ReadonlySet<string> = new Set(["no_such_group", "no_such_user", "not_friends", "bad_request"])

export interface Removing {
  installation: Installation
  pause: (ms: number) => Promise<void>
}

/** Ends an account as its owner would: leaves groups and friends, then unregisters. False when there is none of this name. */
export async function removeAccount(name: string, { installation, pause }: Removing): Promise<boolean> {
  const ignore = (): void => undefined
  const person = new Person({ name, version: VERSION, installation, onReceived: ignore, onAccepted: ignore })
  const password = passwordOf(name, installation.passwordKey)
  await person.open()
  try {
    if (!(await tryLogIn(person, password, pause))) return false
    await person.chat.sync()
    for (const { gid } of person.chat.groups()) await person.chat.leaveGroup(gid).catch(unlessLost)
    for (const { uid } of person.chat.contacts()) await person.chat.removeFriend(uid).catch(unlessLost)
    await person.chat.unregister(password)
    return true
  } finally {
    await person.close()
  }
}

/** The other side may have left first. */
function unlessLost(error: unknown): void {
  if (!(error instanceof ChatError && LOST.has(error.code))) throw error
}

/** Log-ins from one address are so many a minute: it is asked again when it may. */
async function tryLogIn(person: Person, password: string, pause: Removing["pause"]): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      await person.chat.login(person.name, password)
      return true
    } catch (error) {
      if (!(error instanceof ChatError)) throw error
      if (error.code === "wrong_password") return false
      if (!error.retry || tries === MOST_TRIES) throw error
      await pause(Math.max(WAIT_MS, Math.min(error.retryAfterMs, 10 * WAIT_MS)))
    }
  }
}
