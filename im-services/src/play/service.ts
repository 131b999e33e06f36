/**
 * play: people nearby, shake, drift bottles. Each is a module of logic that is loaded while it runs (`logic/<module>/<version>/`); what
 * outlives a version stands here: who is where (`place`), who shakes (`shake`), bottles (`bottle`), behind `grants`. Called by access.
 */
import { fileURLToPath } from "node:url"
import { systemClock } from "@ossagent/im-client"
import { defineRpcService, type ServiceContext } from "@ossagent/svrkit"
import { openLogic } from "@ossagent/svrkit/logic"
import { connectStores } from "../datastore/connect.ts"
import { startEvery } from "../loop/every.ts"
import { createNames } from "../names.ts"
import { createBlocks } from "../number/blocks.ts"
import { createDays } from "./bottle/days.ts"
import { Sea } from "./bottle/sea.ts"
import { PLAY_SETTINGS } from "./config.ts"
import { playNeeds } from "./generated/play.needs.ts"
import { type PlayHandlers, servePlay } from "./generated/play.server.ts"
import { openPlayStores } from "./generated/play.stores.ts"
import { PLAY } from "./generated/play.table.ts"
import { createGrants, type PlayGrants } from "./grants.ts"
import { createLimits } from "./limits.ts"
import { Places } from "./place/places.ts"
import { ShakePool } from "./shake/pool.ts"

/** Built: the same from the source as from what is built of it. */
const LOGIC_DIR = fileURLToPath(new URL("../../dist/play/logic/", import.meta.url))
const MOST_PLACES = 50_000
const MOST_SHAKES = 2_000
/** Shakes wait for each other, and nothing else takes long: far more may run at a time than elsewhere. */
const MOST_RUNNING = 4_096
const BOTTLES_AT_ONCE = 100
const LOAD_MS = 1_000

type Context = ServiceContext<typeof PLAY_SETTINGS>

/** Modules of logic: what each answers, and what it may call. */
const MODULES = {
  nearby: { methods: ["nearby"], uses: ["places", "names", "limits"] },
  shake: { methods: ["shake"], uses: ["shakes", "names", "limits"] },
  bottle: { methods: ["throwBottle", "pickBottle", "replyBottle"], uses: ["bottles"] },
} satisfies Record<string, { methods: (keyof PlayHandlers)[]; uses: (keyof PlayGrants)[] }>

export const play = defineRpcService({
  name: "play",
  partOf: "im",
  config: PLAY_SETTINGS,
  limits: { mostRunning: MOST_RUNNING },
  start: async (context: Context) => {
    const grants = createGrants(createState(context))
    const opened = Object.entries(MODULES).map(([module, { methods, uses }]) =>
      openLogic<PlayHandlers>(context, {
        ...{ table: PLAY, module, dir: LOGIC_DIR, methods },
        grants: Object.fromEntries(uses.map((name) => [name, grants[name]])),
      }),
    )
    // Each answers its own methods, together they answer all of them.
    servePlay(context.rpc, Object.assign({}, ...(await Promise.all(opened))) as PlayHandlers)
  },
})

function createState(context: Context) {
  const { config, rpc, agent } = context
  const now = Date.now
  const places = new Places({ staleMs: config.nearbyMin * 60_000, most: MOST_PLACES, now })
  const shakes = new ShakePool(systemClock, MOST_SHAKES)
  const sea = openSea(context)
  agent.gauge("play.nearby.people", () => places.size, { unit: "{user}" })
  agent.gauge("play.shake.waiting", () => shakes.size, { unit: "{user}" })
  agent.gauge("play.bottle.afloat", () => sea.afloat, { unit: "{bottle}" })
  return {
    ...{ places, shakes, sea, limits: createLimits(now) },
    names: createNames(playNeeds.auth(rpc, config.auth)),
    answer: { message: playNeeds.message(rpc, config.message), social: playNeeds.social(rpc, config.social) },
  }
}

/** The bottles are read as soon as the store answers; until then there are none to throw or pick. */
function openSea(context: Context): Sea {
  const { log, onStop, ready } = context
  const stores = openPlayStores(connectStores(context))
  const sea = new Sea({
    bottles: stores.bottles,
    days: createDays(stores.days, Date.now),
    newNumber: createBlocks(stores.counters, { name: "bottles", first: 1, size: BOTTLES_AT_ONCE }),
    now: Date.now,
    random: Math.random,
  })
  const load = startEvery({ name: "bottles", everyMs: LOAD_MS, log }, async () => {
    if (!sea.isLoaded) await sea.load()
  })
  load.wake()
  ready("bottles", () => (sea.isLoaded ? null : "not read yet"))
  onStop(load.stop)
  return sea
}
