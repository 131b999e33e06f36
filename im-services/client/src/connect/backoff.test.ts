import { expect, it } from "vitest"
import { Backoff } from "./backoff.ts"

it("waits between nothing and a bound that doubles up to a minute", () => {
  const latest = new Backoff(() => 0.999999)
  const waits = Array.from({ length: 9 }, () => Math.ceil(latest.next() / 1_000))
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  const earliest = new Backoff(() => 0)
  expect([earliest.next(), earliest.next(700)]).toEqual([0, 700])
  latest.reset()
  expect(latest.next()).toBeLessThan(1_000)
})
