import fc from "fast-check"
import { expect, it } from "vitest"
import { Seen } from "./seen.ts"

it("remembers exactly the sequences added, in any order, also when saved and restored", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 200 })), (sequences) => {
      const seen = new Seen()
      for (const sequence of sequences) seen.add("a", 1, sequence, 1_000)
      const again = new Seen()
      again.restore(seen.encode())
      for (let sequence = 1; sequence <= 200; sequence++) {
        expect(again.has("a", 1, sequence)).toBe(sequences.includes(sequence))
        expect(again.has("a", 2, sequence)).toBe(false)
      }
    }),
  )
})

it("forgets an epoch 25 hours after its last frame", () => {
  const seen = new Seen()
  seen.add("a", 1, 1, 0)
  seen.forgetBefore(25 * 3_600_000)
  expect(seen.size).toBe(1)
  seen.forgetBefore(25 * 3_600_000 + 1)
  expect(seen.size).toBe(0)
})
