import fc from "fast-check"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { connect, startTestEngine, type TestEngine } from "../../engine/testing.ts"
import { ask, startTestCollector, testAgent } from "../../testing.ts"

const DAY = 86_400_000
const NAMES = ["register", "login", "send", "shake"] as const
const VERSIONS = ["8.0.0", "8.0.1"]
/** The day that is under way is the last of the twelve that events lie in. */
const TODAY = Math.floor(Date.now() / DAY) * DAY
const FIRST = TODAY - 11 * DAY

interface Event {
  name: string
  user: string
  version: string
  at: number
}

let engine: TestEngine
let collector: Awaited<ReturnType<typeof startTestCollector>>
let sql: ReturnType<typeof connect>

beforeAll(async () => {
  engine = await startTestEngine()
  collector = await startTestCollector(engine, { OSSAGENT_BATCH_MS: "300" })
  sql = connect(engine)
})
afterAll(async () => {
  await sql.close()
  await collector.stop()
  await engine.stop()
})
beforeEach(() => sql.command({ query: "TRUNCATE TABLE events" }).then(() => undefined))

async function store(events: readonly Event[]): Promise<void> {
  const place = { service: "im", subsystem: "access", host: "h1", props: {}, batch: 1 }
  if (events.length > 0)
    await sql.insert({
      table: "events",
      values: events.map((event) => ({ ...event, ...place })),
      format: "JSONEachRow",
    })
}

const byUser = (events: readonly Event[]): Event[][] => {
  const users = new Map<string, Event[]>()
  for (const event of [...events].sort((a, b) => a.at - b.at))
    users.set(event.user, [...(users.get(event.user) ?? []), event])
  return [...users.values()]
}
const dayOf = (at: number): number => Math.floor(at / DAY)

/** How far a user comes, every chain of events tried. */
function reach(own: readonly Event[], steps: readonly string[], withinMs: number): number {
  const follow = (from: number, step: number, began: number): number => {
    let most = step
    for (let i = from; i < own.length && step < steps.length; i++) {
      const { name, at } = own[i] as Event
      if (name === steps[step] && (step === 0 || at - began <= withinMs))
        most = Math.max(most, follow(i + 1, step + 1, step === 0 ? at : began))
    }
    return most
  }
  return follow(0, 0, 0)
}

/** Times are all different: what came first is never in doubt. */
const events = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...NAMES),
    user: fc.constantFrom("u1", "u2", "u3", "u4", "u5", "u6"),
    version: fc.constantFrom(...VERSIONS),
    at: fc.oneof(
      fc.integer({ min: FIRST, max: TODAY + DAY / 2 }),
      fc.integer({ min: FIRST + DAY, max: FIRST + DAY + 60_000 }),
    ),
  }),
  { selector: ({ at }) => at, maxLength: 60 },
)
const time = fc
  .tuple(fc.integer({ min: FIRST, max: TODAY }), fc.integer({ min: 1, max: 6 * DAY }))
  .map(([from, length]) => ({ from, to: from + length }))

const check = async (
  property: (given: Event[], asked: { from: number; to: number }, seconds: number) => Promise<void>,
) =>
  fc.assert(
    fc.asyncProperty(events, time, fc.constantFrom(10, 3_600, 2 * 86_400), async (given, asked, seconds) => {
      await sql.command({ query: "TRUNCATE TABLE events" })
      await store(given)
      await property(given, asked, seconds)
    }),
    { numRuns: 40 },
  )

const within = <E extends { at: number }>(all: readonly E[], { from, to }: { from: number; to: number }): E[] =>
  all.filter(({ at }) => at >= from && at < to)

describe("the same as by brute force", () => {
  it("a funnel, in all and by version", () =>
    check(async (given, asked, withinSec) => {
      const steps = ["register", "send", "shake"]
      const { groups } = await ask(collector.url, "funnel", { ...asked, steps, withinSec, byVersion: true })
      const users = byUser(within(given, asked)).map((own) => ({
        reached: reach(own, steps, withinSec * 1_000),
        version: own.find(({ name }) => name === "register")?.version,
      }))
      for (const version of [null, ...VERSIONS]) {
        const mine = users.filter((one) => version === null || one.version === version)
        const expected = steps.map((_, i) => mine.filter(({ reached }) => reached > i).length)
        expect(groups.find((group) => group.version === version)?.users ?? [0, 0, 0]).toEqual(expected)
      }
    }))

  it("retention of those who began on a day, by version", () =>
    check(async (given, asked) => {
      const question = { ...asked, start: "register", back: "login", days: 4, byVersion: true }
      const { cohorts } = await ask(collector.url, "retention", question)
      const expected = new Map<string, { users: number; back: (number | null)[] }>()
      for (const own of byUser(given)) {
        const start = within(own, asked).find(({ name }) => name === "register")
        if (start === undefined) continue
        const first = dayOf(start.at)
        const key = `${new Date(first * DAY).toISOString().slice(0, 10)} ${start.version}`
        const cohort = expected.get(key) ?? { users: 0, back: [0, 0, 0, 0] }
        cohort.users++
        cohort.back = cohort.back.map((count, i) => {
          const day = first + i + 1
          if (day * DAY >= TODAY) return null
          return (count ?? 0) + (own.some(({ name, at }) => name === "login" && dayOf(at) === day) ? 1 : 0)
        })
        expected.set(key, cohort)
      }
      const found = cohorts.map(({ day, version, users, back }) => [`${day} ${version}`, { users, back }])
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
    }))

  it("those who shook against those who did not", () =>
    check(async (given, asked) => {
      const { groups } = await ask(collector.url, "activity", { ...asked, did: "shake", active: "", days: 3 })
      for (const did of [true, false]) {
        const expected = { users: 0, days: [1, 2, 3].map(() => ({ users: 0, active: 0 })) }
        for (const own of byUser(given)) {
          const seen = within(own, asked)
          const times = seen.filter(({ name }) => name === "shake")
          const [anchor] = did ? times : seen
          if (anchor === undefined || times.length > 0 !== did) continue
          expected.users++
          expected.days.forEach((day, i) => {
            const number = dayOf(anchor.at) + i + 1
            if (number * DAY >= TODAY) return
            day.users++
            if (own.some(({ at }) => dayOf(at) === number)) day.active++
          })
        }
        const found = groups.find((group) => group.did === did)
        expect(found ? { users: found.users, days: found.days } : { ...expected, users: 0 }).toEqual(expected)
      }
    }))
})

it("days are those of the zone that is asked for", async () => {
  const evening = FIRST + DAY - 3_600_000 // 23:00 UTC: the next day in Shanghai
  await store([
    { name: "register", user: "u", version: "1", at: evening },
    { name: "login", user: "u", version: "1", at: evening + 2 * 3_600_000 },
  ])
  const question = { from: FIRST, to: FIRST + DAY, start: "register", back: "login", days: 1 }
  const day = (at: number) => new Date(at).toISOString().slice(0, 10)
  const utc = await ask(collector.url, "retention", question)
  expect(utc.cohorts).toEqual([{ day: day(FIRST), version: null, users: 1, back: [1] }])
  const shanghai = await ask(collector.url, "retention", { ...question, zone: "Asia/Shanghai" })
  expect(shanghai.cohorts).toEqual([{ day: day(FIRST + DAY), version: null, users: 1, back: [0] }])
})

it("what an agent emits is in the answers, with what can be asked about", async () => {
  const agent = testAgent(collector.url, { service: "im", version: "8.0.1" })
  agent.event("register", "u1")
  agent.event("send", "u1", { kind: "text" })
  agent.event("register", "u2")
  await agent.flush()
  const asked = { from: Date.now() - 60_000, to: Date.now() + 60_000 }
  await expect
    .poll(async () => (await ask(collector.url, "events", { ...asked, service: "im" })).events, { timeout: 10_000 })
    .toEqual([
      { name: "register", count: 2, users: 2 },
      { name: "send", count: 1, users: 1 },
    ])
  const { groups } = await ask(collector.url, "funnel", { ...asked, steps: ["register", "send"], withinSec: 60 })
  expect(groups).toEqual([{ version: null, users: [2, 1] }])
  await agent.stop(0)
})

it("a question that cannot be answered says what is wrong with it", async () => {
  const refuse = (name: "funnel" | "retention", question: object) =>
    expect(ask(collector.url, name, question as never)).rejects
  const funnel = { from: 0, to: 1_000, steps: ["a", "b"], withinSec: 60 }
  await refuse("funnel", { ...funnel, steps: ["a", "a"] }).toThrow(/steps.*different events/)
  await refuse("funnel", { ...funnel, steps: ["a"] }).toThrow(/steps/)
  const retention = { from: FIRST, to: TODAY, start: "a", back: "", days: 7 }
  await refuse("retention", { ...retention, zone: "Mars/Olympus" }).toThrow(/zone.*IANA/)
  await refuse("retention", { ...retention, from: TODAY - 80 * DAY }).toThrow(/63 days or less/)
})
