import { expect, test } from "vitest"
import { judgeThreshold } from "./limit.ts"

test("between the threshold and the clear value it is neither bad nor good", () => {
  const threshold = { op: ">", value: 0.9, clear: 0.8 } as const
  const verdicts = [0.95, 0.9, 0.85, 0.8].map((value) => judgeThreshold(value, threshold).verdict)
  expect(verdicts).toEqual(["bad", "between", "between", "good"])
})

test("a lower threshold works the other way round", () => {
  const threshold = { op: "<", value: 10, clear: 12 } as const
  expect([9, 11, 12].map((value) => judgeThreshold(value, threshold).verdict)).toEqual(["bad", "between", "good"])
  expect(judgeThreshold(9, threshold)).toMatchObject({ lower: 10, upper: null })
})

test("without a clear value it is good on the other side of the threshold", () => {
  expect(judgeThreshold(0, { op: ">", value: 0 }).verdict).toBe("good")
})
