import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import { pino } from "pino"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { migrate } from "../database/migrate.ts"
import { type OpenDatabase, openDatabase } from "../database/open.ts"
import { createTestDatabase, until } from "../testing.ts"
import { createLeases, type LeaseDeps } from "./leases.ts"

let postgres: RunningPostgres
let database: OpenDatabase
let databases = 0

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  database = openDatabase({ url: await createTestDatabase(postgres.url, `l${++databases}`), onFault: () => undefined })
  await migrate(database.pool)
})
afterEach(() => database.close())

const log = pino({ level: "silent" })
const create = (holder: string, more: Partial<LeaseDeps> = {}) =>
  createLeases({
    db: database.db,
    holder,
    names: ["look", "minute"],
    ttlMs: 1_000,
    log,
    onGained: async () => {},
    ...more,
  })
const both = (one: { holds: (name: string) => boolean }) => ["look", "minute"].filter(one.holds)

test("one process does everything, two share, and what one held is taken over when it dies", async () => {
  const a = create("a")
  await a.turn()
  expect(both(a)).toEqual(["look", "minute"])
  const b = create("b")
  await b.turn()
  expect(both(b)).toEqual([])
  await a.turn() // sees b, and gives back what is over its share
  await b.turn()
  expect([...both(a), ...both(b)].sort()).toEqual(["look", "minute"])
  expect(both(b)).toHaveLength(1)
  await until("b has it all", async () => {
    await b.turn()
    return both(b).length === 2
  })
  expect(both(a)).toEqual([]) // it has not renewed: it does not trust what it had
})

test("nothing is ever held by two, whatever the order of turns", async () => {
  const three = ["a", "b", "c"].map((holder) => create(holder))
  for (let round = 0; round < 30; round++) {
    await Promise.all(three.map((one) => one.turn()))
    for (const name of ["look", "minute"]) expect(three.filter((one) => one.holds(name)).length).toBeLessThanOrEqual(1)
  }
  expect(three.flatMap(both).sort()).toEqual(["look", "minute"])
})

test("what cannot be begun is given back, and a stop leaves nothing behind", async () => {
  const broken = create("broken", {
    onGained: async (name) => {
      if (name === "minute") throw new Error("no state")
    },
  })
  await broken.turn()
  expect(both(broken)).toEqual(["look"])
  const well = create("well")
  await well.turn()
  expect(both(well)).toEqual(["minute"])
  await broken.stop()
  await well.stop()
  expect(await database.db.selectFrom("lease").selectAll().execute()).toEqual([])
})
