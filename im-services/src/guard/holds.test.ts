import { expect, it } from "vitest"
import { createForce } from "./generated/guard.codec.ts"
import { Holds } from "./holds.ts"

const hold = (uid: number, device: number, until = 100) => ({ id: uid, uid, device, until, why: "asks" })
const off = (version: string, feature: string) => ({ version, feature, why: "", by: "", at: 0 })
function holdsOf(more: object): Holds {
  const holds = new Holds()
  holds.take("e", { ...createForce(), ...more })
  return holds
}
const who = (uid: number, device: number, version = "8.0.1") => ({ uid, device, version })

it("a held device is held and its user's others are not; a log-in counts as every device", () => {
  const holds = holdsOf({ holds: [hold(7, 1), hold(8, 0)] })
  expect(holds.find(who(7, 1), 0)).toMatchObject({ id: 7 })
  expect(holds.find(who(7, 2), 0)).toBe(null)
  expect(holds.find(who(7, 0), 0)).toMatchObject({ id: 7 })
  expect(holds.find(who(8, 5), 0)).toMatchObject({ id: 8 })
  expect(holds.find(who(7, 1), 100)).toBe(null)
})

it("a whole version is held, but for those who are allowed", () => {
  const holds = holdsOf({ classes: [{ version: "8.0.1", from: 0, until: 50, why: "bug", by: "ada" }], allowed: [9] })
  expect(holds.find(who(1, 1), 0)).toEqual({ id: 0, until: 50, why: "bug" })
  expect(holds.find(who(1, 1, "8.0.0"), 0)).toBe(null)
  expect(holds.find(who(9, 1), 0)).toBe(null)
})

it("what was decided here holds until guard is heard again, and no more of it is kept than a thousand", () => {
  const holds = holdsOf({})
  for (let uid = 1; uid <= 1_001; uid++) holds.hold(uid, 1, { id: 0, until: 100, why: "alone" })
  expect(holds.find(who(1, 1), 0)).toBe(null)
  expect(holds.find(who(1_001, 1), 0)).toMatchObject({ why: "alone" })
  holds.forgetOwn()
  expect(holds.find(who(1_001, 1), 0)).toBe(null)
})

it("a feature is off for its version, or for all", () => {
  const holds = holdsOf({ off: [off("*", "history"), off("8.0.1", "findUser")] })
  expect([...holds.offFor("8.0.1")].sort()).toEqual(["findUser", "history"])
  expect([...holds.offFor("8.0.0")]).toEqual(["history"])
  expect([...holdsOf({}).offFor("8.0.1")]).toEqual([])
})
