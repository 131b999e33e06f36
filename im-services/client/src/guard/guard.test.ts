import fc from "fast-check"
import { expect, it } from "vitest"
import { Repeats } from "./repeats.ts"
import { Traffic } from "./traffic.ts"

const body = (text: string) => new TextEncoder().encode(text)

it("the same request is made 105 times an hour and no more; another one is not held up", () => {
  const repeats = new Repeats()
  for (let i = 0; i < 105; i++) expect(repeats.take(5, body("same"), i)).toBe(0)
  expect(repeats.take(5, body("same"), 1_000)).toBe(3_600_000 - 1_000)
  expect(repeats.take(6, body("same"), 1_000)).toBe(0)
  expect(repeats.take(5, body("other"), 1_000)).toBe(0)
  expect(repeats.take(5, body("same"), 3_600_000)).toBe(0)
})

it("a thousand kinds of requests are kept, and no request is let through more often than it may", () => {
  const repeats = new Repeats(2)
  for (let i = 0; i < 5_000; i++) expect(repeats.take(1, body(`${i}`), i)).toBe(0)
  expect(repeats.take(1, body("4999"), 5_000)).toBe(0)
  expect(repeats.take(1, body("4999"), 5_000)).toBeGreaterThan(0)
})

it("80 MB may go over the network, and as much again within an hour", () => {
  const traffic = new Traffic(0)
  traffic.add(80_000_000, 0)
  const waitMs = traffic.waitMs(0)
  expect(waitMs).toBeGreaterThan(0)
  expect(traffic.waitMs(waitMs)).toBe(0)
  traffic.add(8_000_000, waitMs)
  expect(traffic.waitMs(waitMs)).toBeGreaterThan(350_000)
  expect(traffic.waitMs(waitMs + 360_000)).toBe(0)
})

it("whoever keeps to the wait sends no more than bucket and leak allow", () => {
  const sends = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 500 }), ms: fc.nat(2_000) }), { maxLength: 200 })
  fc.assert(
    fc.property(sends, (all) => {
      const traffic = new Traffic(0, { mostBytes: 1_000, leakBytesPerHour: 3_600_000 })
      let [now, sum] = [0, 0]
      for (const { bytes, ms } of all) {
        now += ms
        if (traffic.waitMs(now) > 0) continue
        traffic.add(bytes, now)
        sum += bytes
        expect(sum).toBeLessThanOrEqual(1_000 + now + 500)
      }
    }),
  )
})
