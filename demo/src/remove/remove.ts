/** remove: takes away what the demo has made, by the doors of the services concerned; and says what stays. */
import { setTimeout as sleep } from "node:timers/promises"
import type { Alarm, ThrottlesAnswer } from "@ossagent/wire"
import { type Ask, openDoor } from "../door.ts"
import type { Installation } from "../installation.ts"
import { SERVICE, VERSION_END } from "../names.ts"
import { nameOf, VERSIONS } from "../people/crowd.ts"
import { THIEF, THIEVES, THIEVING_VERSION } from "../people/thieves.ts"
import type { Say } from "../say.ts"
import { removeRules } from "../shop/rule.ts"
import { abortReleases } from "../stock/release.ts"
import { removeAccount } from "./account.ts"

const AT_ONCE = 4
/** So many names in a row that nobody has are the end of them. */
const MOST_MISSING = 8
/** Services say for a moment what people did last. */
const SETTLE_MS = 2_500
const MOST_TRIES = 6
/** Guard goes on for ten minutes to say of a version that stood out that it does so no more. */
const TOLD_ON = 1

interface Removed {
  removed: Record<string, number>
  stillSent: number
}

const pause = async (ms: number): Promise<void> => sleep(ms)

/** Rejects where a service does not answer, or while the demo still runs. May be asked for again. */
export async function removeDemo(installation: Installation, say: Say): Promise<void> {
  const alerting = openDoor(installation.alerting, installation.alertingToken)
  const guard = openDoor(installation.guard, installation.guardToken)
  const collector = openDoor(installation.collector, installation.removeToken)
  await refuseRunning(openDoor(installation.collector, installation.readToken))
  await removeRules(alerting)
  say.line(`  releases   ${await abortReleases(alerting)} were under way and are ended`)
  say.line(`  throttles  ${await releaseThrottles(guard)} released`)
  say.line(`  accounts   ${await removeAccounts(installation)} removed, with all that was in their mailboxes`)
  await pause(SETTLE_MS)
  say.line(`  figures    ${await removeFigures(collector)} rows of points, events, errors and the catalog removed`)
  await alerting("POST", "/v1/forget", { service: SERVICE })
  say.line(`  alarms     ${await resolveAlarms(alerting)} resolved`)
  say.line("")
  say.line(
    "  What stays, for it is a record of what was done: the audit, ended releases, throttles and alarms, messages",
  )
  say.line(
    "  about them, and figures of services that tell no versions apart. The alarm of a release that was rolled back",
  )
  say.line("  closes by itself after 15 minutes.")
}

const RUNNING_MS = 3_000

/** What still is emitted would come back. */
async function refuseRunning(reports: Ask): Promise<void> {
  const { entries } = await reports<{ entries: { lastSeen: number }[] }>("POST", "/v1/report/catalog", {
    service: SERVICE,
  })
  if (entries.some(({ lastSeen }) => lastSeen > Date.now() - RUNNING_MS))
    throw new Error("the demo is still running, or ended this moment: end it with Ctrl-C, then try again")
}

async function releaseThrottles(guard: Ask): Promise<number> {
  const { throttles } = await guard<ThrottlesAnswer>("GET", "/v1/throttles?state=active&limit=500")
  const own = throttles.filter(({ version }) => version.endsWith(VERSION_END))
  for (const { id } of own) await guard("POST", `/v1/throttles/${id}/release`, {})
  const { classes } = await guard<{ classes: { version: string }[] }>("GET", "/v1/classes")
  for (const { version } of classes.filter((one) => one.version.endsWith(VERSION_END)))
    await guard("DELETE", `/v1/classes/${version}`)
  return own.length
}

/** A few at once; accesses learn of a release within two seconds, and are asked again until then. */
async function removeAccounts(installation: Installation): Promise<number> {
  const how = { installation, pause }
  let removed = 0
  for (let at = 0, missing = 0; missing < MOST_MISSING; at += AT_ONCE) {
    const names = Array.from({ length: AT_ONCE }, (_, i) => nameOf(at + i))
    const found = (await Promise.all(names.map((name) => removeAccount(name, how)))).filter(Boolean).length
    missing = found === 0 ? missing + AT_ONCE : 0
    removed += found
  }
  for (let i = 1; i <= THIEVES; i++) if (await removeAccount(`${THIEF}${i}`, how)) removed++
  return removed
}

async function removeFigures(collector: Ask): Promise<number> {
  let rows = 0
  for (const question of [{ service: SERVICE }, ...[...VERSIONS, THIEVING_VERSION].map((version) => ({ version }))]) {
    for (let tries = 1; ; tries++) {
      const { removed, stillSent } = await collector<Removed>("POST", "/v1/remove", question)
      rows += Object.values(removed).reduce((sum, one) => sum + one, 0)
      if (stillSent <= TOLD_ON || tries === MOST_TRIES) break
      await pause(SETTLE_MS)
    }
  }
  return rows
}

/** But that of a release, which is told of for a quarter of an hour and closes by itself. */
async function resolveAlarms(alerting: Ask): Promise<number> {
  const { alarms } = await alerting<{ alarms: Alarm[] }>("GET", "/v1/alarms?state=open&limit=500")
  const isOwn = ({ group }: Alarm): boolean =>
    group.service === SERVICE || Boolean(group.version?.endsWith(VERSION_END))
  const own = alarms.filter((alarm) => isOwn(alarm) && alarm.group["label.module"] === undefined)
  for (const { id } of own)
    await alerting("POST", `/v1/alarms/${id}/resolve`, { note: "of the demo, which was removed" })
  return own.length
}
