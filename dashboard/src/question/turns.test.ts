import { expect, test } from "vitest"
import { createTurns } from "./turns.ts"

test("never more at once than there are turns, in order, and a failure gives its turn back", async () => {
  const turn = createTurns(2)
  const begun: number[] = []
  const ends: (() => void)[] = []
  let most = 0
  let now = 0
  const run = (i: number) =>
    turn(async () => {
      begun.push(i)
      most = Math.max(most, ++now)
      await new Promise<void>((resolve) => ends.push(resolve))
      now--
      if (i === 1) throw new Error("failed")
      return i
    })
  const all = Promise.allSettled([0, 1, 2, 3, 4].map(run))
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    expect(begun.length).toBe(Math.min(5, i + 2))
    ends[i]?.()
  }
  const settled = await all
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"])
  expect(begun).toEqual([0, 1, 2, 3, 4])
  expect(most).toBe(2)
})
