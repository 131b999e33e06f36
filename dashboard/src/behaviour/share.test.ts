import { expect, it } from "vitest"
import { formatCount, formatShare } from "./share.ts"

it("small shares keep two digits, and nothing of nothing is no share", () => {
  expect(formatShare(1, 3)).toBe("33 %")
  expect(formatShare(7, 1_000)).toBe("0.70 %")
  expect(formatShare(0, 5)).toBe("0 %")
  expect(formatShare(5, 5)).toBe("100 %")
  expect(formatShare(0, 0)).toBe("·")
  expect(formatCount(1_234_567)).toBe("1\u202f234\u202f567")
})
