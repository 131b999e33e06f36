import { expect, test } from "vitest"
import { toDrawn } from "./marks.ts"

test("labels that would overlap give way: what is bad is said, what is outside is not drawn", () => {
  const drawn = toDrawn(
    [
      { at: 10, label: "2 1 %", tone: "plain" },
      { at: 12, label: "2 rolled back", tone: "bad" },
      { at: 60, label: "3 1 %", tone: "plain" },
      { at: 200, label: "later", tone: "bad" },
    ],
    0,
    100,
  )
  expect(drawn.map(({ at, label }) => [at, label])).toEqual([
    [10, ""],
    [12, "2 rolled back"],
    [60, "3 1 %"],
  ])
})
