/**
 * What happens in the day, and when: a fault begins at its hour, is said with where to look, and ends. A further one is an entry here.
 */

import type { Ask } from "../door.ts"
import type { Installation } from "../installation.ts"
import { SERVICE } from "../names.ts"
import { type Crowd, VERSIONS } from "../people/crowd.ts"
import { steal, THIEVES, THIEVING_VERSION } from "../people/thieves.ts"
import type { Say } from "../say.ts"
import { APPS, type Shop } from "../shop/shop.ts"
import type { Callers } from "../stock/callers.ts"
import type { StockProcess } from "../stock/process.ts"
import { releaseBadVersion } from "../stock/release.ts"
import type { Day } from "./day.ts"

/** Everything that a phase may move. */
export interface World {
  installation: Installation
  alerting: Ask
  day: Day
  crowd: Crowd
  shop: Shop
  stock: StockProcess
  callers: Callers
  say: Say
  /** Of the thieves, those who were sent off. */
  caught: number
}

export interface Phase {
  /** Of the day: 6 to 30. */
  hour: number
  says: string
  /** Pages of the dashboard, with what to see there. */
  look: readonly (readonly [path: string, what: string])[]
  /** What begins; awaited beside the others. */
  run?: (world: World) => Promise<void>
}

/** Suggestions a second beyond the usual ones: more than twice what the stock can. */
const BURST = 900
const SLOWNESS = 6
/** The share of people who have the new version in the evening. */
const UPDATED = 0.5
const UPDATES_FROM = 8
const UPDATES_UNTIL = 20
const UPDATE_EVERY_HOURS = 0.5

const [, , NEWEST] = VERSIONS

export const SCHEDULE: readonly Phase[] = [
  {
    hour: 6,
    says: "people wake up: they log in, write to each other, and buy things",
    look: [
      ["/m/im.access.connections?service=im", "who is on line, by client version"],
      [`/m/shop.order.paid?service=${SERVICE}`, "orders a second"],
    ],
  },
  {
    hour: UPDATES_FROM,
    says: `${NEWEST} of the chat and ${APPS[2]} of the shop's app go out; more people have them each hour`,
    look: [["/matrix?metric=shop.pay.call&stat=p95", "subsystem × version: a fault of one version stands alone"]],
    run: spreadVersions,
  },
  {
    hour: 9,
    says: `a coupon that is not there breaks orders in ${APPS[2]}, and in no other version`,
    look: [["/exceptions", `TypeError in ${SERVICE}, ${APPS[2]}: place in the code, users, and whether it is new`]],
    run: until(12, ({ shop }, on) => {
      shop.broken = on
    }),
  },
  {
    hour: 10,
    says: `${THIEVES} people have ${THIEVING_VERSION}, which asks for news without end`,
    look: [["/throttles", "each is sent off the network, with the evidence; soon the version is named as suspect"]],
    run: async (world) => {
      world.caught = await steal(world.installation, world.day)
      if (world.day.signal.aborted) return
      world.say.event(world.day.hour(), `${world.caught} of ${THIEVES} are off the network now`, [])
    },
  },
  {
    hour: 12,
    says: "everybody wants suggestions: the stock has more than twice to do what it can",
    look: [["/overload", "reservations are served, suggestions are shed first and then held back by their callers"]],
    run: until(14, ({ callers }, on) => {
      callers.burst = on ? BURST : 0
    }),
  },
  {
    hour: 14.5,
    says: `paying is ${SLOWNESS} times as slow`,
    look: [
      [`/m/shop.pay.call?service=${SERVICE}`, "the latency of one subsystem; all others are as ever"],
      ["/incidents", "ten seconds later: the demo's rule for it, and which version explains it, if one does"],
    ],
    run: until(18.5, ({ shop }, on) => {
      shop.slowness = on ? SLOWNESS : 1
    }),
  },
  {
    hour: 19,
    says: "a version of the stock's logic goes out to 20 % of users, and is slower",
    look: [["/releases", "how it is judged against the old one, and is rolled back by itself"]],
    run: release,
  },
  {
    hour: 21,
    says: "the busiest hour",
    look: [
      [`/behaviour?service=${SERVICE}&steps=app.opened,item.viewed,cart.added,order.paid`, "how far customers come"],
      [`/behaviour/retention?service=${SERVICE}`, "who came back, day by day"],
    ],
  },
  { hour: 24, says: "people go to bed", look: [["/", "everything at a glance"]] },
]

/** Switches something on, and off at that hour. */
function until(hour: number, set: (world: World, on: boolean) => void): (world: World) => Promise<void> {
  return async (world) => {
    set(world, true)
    await world.day.until(hour)
    set(world, false)
  }
}

async function spreadVersions({ day, crowd, shop }: World): Promise<void> {
  for (let hour = UPDATES_FROM; hour <= UPDATES_UNTIL; hour += UPDATE_EVERY_HOURS) {
    if (!(await day.until(hour))) return
    const share = (UPDATED * (hour - UPDATES_FROM)) / (UPDATES_UNTIL - UPDATES_FROM)
    shop.newest = 0.1 + share
    await crowd.update(NEWEST, share)
  }
}

async function release(world: World): Promise<void> {
  const { alerting, stock, day, say } = world
  const page = (id: string): string => `${world.installation.dashboard}/releases/${id}`
  const onStarted = (id: string): void => say.event(day.hour(), `release ${id} is under way`, [page(id)])
  const ended = await releaseBadVersion({ alerting, stock, day, onStarted })
  if (ended !== null)
    say.event(day.hour(), `release ${ended.id}: ${ended.state.replace("_", " ")}: ${ended.why}`, [page(ended.id)])
}
