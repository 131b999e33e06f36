import fc from "fast-check"
import { expect, it } from "vitest"
import { formatSteps, toSteps } from "./steps.ts"

it("steps come back from an address as they went in, and what is broken is left out", () => {
  const names = fc.array(fc.string({ unit: "grapheme", minLength: 1 }), { maxLength: 8 })
  fc.assert(
    fc.property(names, (steps) => {
      expect(toSteps(formatSteps(steps))).toEqual(steps)
    }),
  )
  expect(toSteps("a,%,b")).toEqual(["a", "b"])
  expect(toSteps("")).toEqual([])
})
