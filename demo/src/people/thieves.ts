import { setTimeout as sleep } from "node:timers/promises"
import { ChatError } from "@ossagent/im-client/node"
import type { Day } from "../day/day.ts"
import type { Installation } from "../installation.ts"
import { PERSON, VERSION_END } from "../names.ts"
import { Person } from "./person.ts"

/** The version that was released with a fault: it syncs without end. */
export const THIEVING_VERSION = `8.0.9${VERSION_END}`
/** Their names, before a number. */
export const THIEF = `${PERSON}thief-`
/** Five or more of a version make it a suspect. */
export const THIEVES = 6
const SYNC_EVERY_MS = 100
const MOST_SYNCS = 100
const GIVEN_UP_MS = 2_000

/** People whose program asks for what is new again and again, until each was sent off the network. Answers how many were. */
export async function steal(installation: Installation, day: Day): Promise<number> {
  const ignore = (): void => undefined
  const thieves = Array.from({ length: THIEVES }, (_, i) => {
    const name = `${THIEF}${i + 1}`
    return new Person({ name, version: THIEVING_VERSION, installation, onReceived: ignore, onAccepted: ignore })
  })
  const caught = await Promise.all(thieves.map((thief) => loop(thief, day)))
  for (const thief of thieves) await thief.close()
  return caught.filter(Boolean).length
}

async function loop(thief: Person, day: Day): Promise<boolean> {
  await thief.open()
  try {
    await thief.enter()
  } catch (error) {
    if (error instanceof ChatError) return error.code === "throttled" // since an earlier day
    throw error
  }
  for (let i = 0; i < MOST_SYNCS && thief.online && !day.signal.aborted; i++) {
    await thief.chat.sync()
    await sleep(SYNC_EVERY_MS)
  }
  if (thief.online) await day.pause(GIVEN_UP_MS)
  return !thief.online
}
