import { expect, it } from "vitest"
import { Hammer } from "./hammer.ts"

it("an address that is refused again and again is not listened to for half a minute, others are", () => {
  const hammer = new Hammer()
  for (let i = 0; i < 30; i++) hammer.refuse("10.0.0.1", i)
  expect(hammer.isBlocked("10.0.0.1", 100)).toBe(false)
  hammer.refuse("10.0.0.1", 100)
  hammer.refuse("10.0.0.1", 100)
  expect([hammer.isBlocked("10.0.0.1", 200), hammer.isBlocked("10.0.0.2", 200)]).toEqual([true, false])
  expect(hammer.isBlocked("10.0.0.1", 31_000)).toBe(false)
})

it("a few refusals now and then block nobody", () => {
  const hammer = new Hammer()
  for (let minute = 0; minute < 100; minute++) {
    for (let i = 0; i < 10; i++) hammer.refuse("10.0.0.1", minute * 60_000)
    expect(hammer.isBlocked("10.0.0.1", minute * 60_000)).toBe(false)
  }
})
