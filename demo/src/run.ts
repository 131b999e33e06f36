/**
 * demo: a day in the life of an installation. `schedule.ts` says what happens when; `people/` are clients of the IM, `shop/` a service that
 * emits by the agent, `stock/` one on svrkit; `remove/` takes all of it away again. Everything goes through the doors that anybody's does.
 */
import { createDay, LAST_HOUR, toClock } from "./day/day.ts"
import { type Phase, SCHEDULE, type World } from "./day/schedule.ts"
import { openDoor } from "./door.ts"
import type { Installation } from "./installation.ts"
import { PERSON, SERVICE, VERSION_END } from "./names.ts"
import { Crowd } from "./people/crowd.ts"
import { THIEVES } from "./people/thieves.ts"
import type { Say } from "./say.ts"
import { tellPast } from "./shop/past.ts"
import { addRule, removeRules } from "./shop/rule.ts"
import { Shop } from "./shop/shop.ts"
import { Callers } from "./stock/callers.ts"
import { startStock } from "./stock/process.ts"
import { abortReleases, readCurrent } from "./stock/release.ts"

export interface DemoOptions {
  installation: Installation
  daySec: number
  people: number
  say: Say
  /** Ends the day early, and cleanly. */
  signal: AbortSignal
  /** 0 to below 1. */
  random: () => number
}

const STATUS_MS = 500
const MOST_PREPARING_SEC = 600
const now = (): number => performance.now()

/** One day. Rejects where a service does not answer; what was begun is ended all the same. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { installation, say, signal } = options
  say.line("")
  say.line("  OssAgent demo: EVERYTHING HERE IS SIMULATED, through the real services of this installation.")
  say.line(`  Marked: people ${PERSON}…, client versions …${VERSION_END}, the service ${SERVICE}. Ctrl-C ends it.`)
  say.line(`  Dashboard: ${installation.dashboard}`)
  say.line("")
  const ends: Ends = []
  try {
    await live(await prepare(options, ends))
  } catch (error) {
    if (!signal.aborted) throw error // what was cut off in the middle fails
  } finally {
    for (const end of ends.reverse()) await tryEnd(end, say)
  }
  say.line("")
  say.line(`  The day is over. In half a minute an alarm says that ${SERVICE} fell silent: so it did.`)
  say.line("  Once more: npm run demo. Take everything away: npm run demo -- --stop")
}

/** What cannot be ended keeps nothing else from its end. */
async function tryEnd(end: () => unknown, say: Say): Promise<void> {
  try {
    await end()
  } catch (error) {
    say.line(`  not ended cleanly: ${(error as Error).message}`)
  }
}

/** What is to be done in the end, the last first. */
type Ends = (() => unknown)[]

async function prepare(options: DemoOptions, ends: Ends): Promise<World> {
  const { installation, people, random, say, signal, daySec } = options
  const alerting = openDoor(installation.alerting, installation.alertingToken)
  say.line("  The shop's past: minutes of the last 23 hours, customers of the last 14 days …")
  await tellPast({ installation, daySec, random, now: Date.now() })
  say.line(`  ${people} people log in, become friends and found a group; the shop's stock starts …`)
  await addRule(alerting)
  ends.push(() => removeRules(alerting))
  const stock = await startStock(installation, await readCurrent(alerting))
  ends.push(stock.stop, () => abortReleases(alerting))
  const crowd = new Crowd({ people, installation, random })
  ends.push(() => crowd.leave())
  await crowd.gather(createDay(MOST_PREPARING_SEC, signal, now))
  const day = createDay(daySec, signal, now)
  const shop = new Shop(installation, day, random)
  ends.push(() => shop.agent.stop())
  const callers = new Callers(stock, shop.agent, random)
  ends.push(() => callers.stop())
  return { installation, alerting, day, crowd, shop, stock, callers, say, caught: 0 }
}

/** Until the day is over, and everything that was begun in it. */
async function live(world: World): Promise<void> {
  const { day, crowd, shop, callers, say } = world
  await Promise.all([
    crowd.live(day),
    shop.trade(),
    callers.call(day),
    tell(world),
    ...SCHEDULE.map((phase) => follow(phase, world)),
  ])
  say.event(LAST_HOUR, summaryOf(world))
}

async function follow({ hour, says, look, run }: Phase, world: World): Promise<void> {
  const { day, say, installation } = world
  if (!(await day.until(hour))) return
  say.event(
    hour,
    says,
    look.map(([path, what]) => `${installation.dashboard}${path}  ${what}`),
  )
  await run?.(world)
}

async function tell(world: World): Promise<void> {
  const { day, say, crowd } = world
  while (await day.pause(STATUS_MS))
    say.status(`${toClock(day.hour())}  ${crowd.online} of ${crowd.people.length} people on line, ${summaryOf(world)}`)
}

const summaryOf = ({ crowd, shop, caught }: World): string =>
  `${crowd.sent} messages, ${shop.orders} orders, ${shop.errors} errors, ${caught} of ${THIEVES} thieves caught`
