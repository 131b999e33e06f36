import { expect, it } from "vitest"
import { findSuspects } from "./suspect.ts"

const calm = { version: "8.0.0", users: 1_000, throttled: 1, asksPerMin: 4_000, bytesPerMin: 2e6 }

it("a version many of whose users are throttled stands out, and others do not", () => {
  const sick = { version: "8.0.1", users: 100, throttled: 12, asksPerMin: 500, bytesPerMin: 3e5 }
  expect(findSuspects([calm, sick])).toEqual([{ version: "8.0.1", why: "share", value: 12 / 112, others: 1 / 1_021 }])
})

it("a version all of whose users ask a little too much stands out by its rate, though nobody of them is throttled", () => {
  const drips = { version: "8.0.1", users: 50, throttled: 0, asksPerMin: 50 * 20, bytesPerMin: 50 * 3_000 }
  expect(findSuspects([calm, drips])).toMatchObject([{ version: "8.0.1", why: "asks", value: 20 }])
  expect(findSuspects([calm, { ...drips, asksPerMin: 50 * 9 }])).toEqual([])
})

it("a few people are no version: neither a few thieves, nor the rate of a few", () => {
  const few = { version: "8.0.1", users: 4, throttled: 4, asksPerMin: 4_000, bytesPerMin: 1e7 }
  expect(findSuspects([calm, few])).toEqual([])
})

it("where all versions have as many thieves, none stands out", () => {
  const both = ["8.0.0", "8.0.1"].map((version) => ({ ...calm, version, throttled: 100 }))
  expect(findSuspects(both)).toEqual([])
})
