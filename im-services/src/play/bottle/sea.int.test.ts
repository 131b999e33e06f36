/** The sea on a datastore of its own: what two processes of play do to the same bottles. */
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest"
import { connectStores } from "../../datastore/connect.ts"
import { createBlocks } from "../../number/blocks.ts"
import { createCaller, type Process, startProcess } from "../../testing/processes.ts"
import { openPlayStores, type PlayStores } from "../generated/play.stores.ts"
import { createDays } from "./days.ts"
import { Sea } from "./sea.ts"

const NAMES = ["a", "b", "c"]
const LIMITS = { aDay: 10, heldMs: 3_600_000 }
const DAY_MS = 86_400_000
let postgres: RunningPostgres
let datastore: Process
let stores: PlayStores
const caller = createCaller()
const clock = { now: 0 }
let days = 0

beforeAll(async () => {
  postgres = await startTestPostgres()
  const engines = NAMES.map((name) => `${name}=${postgres.url}?schema=store_${name}`).join(",")
  datastore = await startProcess("datastore", { DATASTORE_ENGINES: engines })
  const places = NAMES.map((name) => ({ name, targets: [datastore.target] }))
  stores = openPlayStores(connectStores({ rpc: caller, config: { stores: places, storeTimeoutMs: 3_000 } }))
})
afterAll(async () => {
  caller.stop()
  await datastore?.end("SIGKILL")
  await postgres?.stop()
})
beforeEach(async () => {
  clock.now = 1_800_000_000_000 + days++ * 100 * DAY_MS // what an earlier test threw has sunk
  for (let shard = 0; shard < 256; shard++) await stores.bottles.delete(shard)
})

/** As another process of play. */
async function openSea(random: () => number = Math.random): Promise<Sea> {
  const now = () => clock.now
  const newNumber = createBlocks(stores.counters, { name: "bottles", first: 1, size: 100 })
  const sea = new Sea({ bottles: stores.bottles, days: createDays(stores.days, now), newNumber, now, random })
  await sea.load()
  return sea
}

const thrown = (uid: number, clientId: number) => ({ uid, clientId, text: `bottle ${clientId} of ${uid}` })

it("bottles outlive the process, are picked up by others alone, and one that is in hand is given again", async () => {
  await (await openSea()).throw(thrown(1, 1), 6)
  const sea = await openSea()
  expect(await sea.pick(1, LIMITS)).toEqual({ bottle: null, left: 10 })
  const first = await sea.pick(2, LIMITS)
  expect(first).toMatchObject({ bottle: { text: "bottle 1 of 1", uid: 1 }, left: 9 })
  expect(await sea.pick(2, LIMITS)).toEqual({ ...first, left: 9 })
  expect(await sea.pick(3, LIMITS)).toMatchObject({ bottle: null })
  const again = await openSea()
  expect(await again.pick(2, LIMITS)).toMatchObject({ bottle: { id: first?.bottle?.id } })
})

it("two processes give a bottle to one person, and many who reach for many at once have one each", async () => {
  const [a, b] = await Promise.all([openSea(), openSea()])
  for (let i = 1; i <= 10; i++) await a.throw(thrown(i, 1), 6)
  await b.load()
  const picks = await Promise.all(
    Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? a : b).pick(100 + i, { ...LIMITS, aDay: 1 })),
  )
  const ids = picks.flatMap((one) => one?.bottle?.id ?? [])
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.length).toBeGreaterThan(5)
})

it("who reaches twice at the same moment has one bottle, and is counted once", async () => {
  const sea = await openSea()
  for (let i = 1; i <= 3; i++) await sea.throw(thrown(i, 1), 6)
  const [one, two] = await Promise.all([sea.pick(9, LIMITS), sea.pick(9, LIMITS)])
  expect(two).toEqual(one)
})

it("it floats on after an hour or when it is let go, and is answered once, which may be said twice", async () => {
  const sea = await openSea()
  await sea.throw(thrown(1, 1), 6)
  const { bottle } = (await sea.pick(2, LIMITS)) as { bottle: { id: number } }
  clock.now += LIMITS.heldMs
  expect(sea.find(2, bottle.id)).toBeNull()
  expect(await sea.pick(3, LIMITS)).toMatchObject({ bottle: { id: bottle.id } })
  await sea.letGo(2, bottle.id)
  expect(sea.find(3, bottle.id), "another cannot let it go").not.toBeNull()
  await sea.letGo(3, bottle.id)
  expect(await sea.pick(2, LIMITS)).toMatchObject({ bottle: { id: bottle.id } })
  await sea.answered(2, bottle.id)
  expect(sea.find(2, bottle.id)).toMatchObject({ isAnswered: true })
  expect(sea.find(3, bottle.id)).toBeNull()
  clock.now += LIMITS.heldMs
  expect(await sea.pick(3, LIMITS)).toMatchObject({ bottle: null })
})

it("a day has so many throws and picks and no more, the same bottle counts once, and another day begins anew", async () => {
  const sea = await openSea()
  expect(await sea.throw(thrown(5, 1), 2)).toBe(1)
  expect(await sea.throw(thrown(5, 1), 2)).toBe(1)
  expect(await sea.throw(thrown(5, 2), 2)).toBe(0)
  expect(await sea.throw(thrown(5, 3), 2)).toBeNull()
  expect(await (await openSea()).throw(thrown(5, 3), 2)).toBeNull()
  expect(await sea.pick(6, { ...LIMITS, aDay: 0 })).toBeNull()
  clock.now += DAY_MS
  expect(await sea.throw(thrown(5, 3), 2)).toBe(1)
})

it("before the bottles are read nothing is thrown or picked", async () => {
  const parts = { bottles: stores.bottles, days: createDays(stores.days, Date.now), now: Date.now, random: Math.random }
  const sea = new Sea({ ...parts, newNumber: async () => 1 })
  await expect(sea.throw(thrown(1, 1), 6)).rejects.toMatchObject({ code: "unavailable", retry: true })
  expect(() => sea.pick(1, LIMITS)).toThrow(expect.objectContaining({ code: "unavailable" }))
})
