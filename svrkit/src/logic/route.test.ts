import fc from "fast-check"
import { expect, test } from "vitest"
import { toRoute } from "./route.ts"

const audience = { versions: [], regions: [], users: [] }
const caller = (user: string) => ({ user, version: "8.0.1", region: "eu" })
const users = Array.from({ length: 100_000 }, (_, i) => String(i))

test("a user stays on the new version as the ratio grows, and the judged old side never was new", () => {
  const ratio = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), ratio, ratio, (user, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)].map((one) =>
        toRoute({ id: "1", version: "2", ratio: one, audience }, caller(user)),
      ) as [ReturnType<typeof toRoute>, ReturnType<typeof toRoute>]
      if (low.toNew) expect(high.toNew).toBe(true)
      if (high.side === "old") expect(low.toNew).toBe(false)
      expect(low.side === "new" ? low.toNew : true).toBe(true)
    }),
  )
})

test.each([0.01, 0.05, 0.2, 0.5, 0.8])("at %d both judged sides have equally many users, in equal groups", (ratio) => {
  const routes = users.map((user) => toRoute({ id: "7", version: "2", ratio, audience }, caller(user)))
  const share = (side: string) => routes.filter((route) => route.side === side).length / users.length
  expect(routes.filter(({ toNew }) => toNew).length / users.length).toBeCloseTo(ratio, 2)
  expect(share("new") / Math.min(ratio, 1 - ratio)).toBeCloseTo(1, 0)
  expect(share("old") / Math.min(ratio, 1 - ratio)).toBeCloseTo(1, 0)
  const groups = new Set(routes.filter(({ side }) => side === "new").map(({ group }) => group))
  expect(groups.size).toBe(16)
})

test("another release draws other users", () => {
  const drawn = (id: string) =>
    new Set(users.filter((user) => toRoute({ id, version: "2", ratio: 0.1, audience }, caller(user)).toNew))
  const [first, second] = [drawn("1"), drawn("2")]
  const both = [...first].filter((user) => second.has(user)).length
  expect(both / users.length).toBeCloseTo(0.01, 2)
})

test("who is in no audience stays on the old version; a call without a user goes with the last step alone", () => {
  const release = { id: "1", version: "2", ratio: 0.99, audience: { ...audience, regions: ["us"] } }
  expect(toRoute(release, caller("ann"))).toMatchObject({ toNew: false, side: "rest" })
  expect(toRoute({ ...release, audience }, { ...caller(""), user: "" }).toNew).toBe(false)
  expect(toRoute({ ...release, ratio: 1, audience }, { ...caller(""), user: "" }).toNew).toBe(true)
})
