import { expect, test } from "vitest"
import { createErrorWindow } from "./error-window.ts"
import { createFigures } from "./figures.ts"

test("what is older than the window no longer counts, also after a long silence", () => {
  const window = createErrorWindow(1_000)
  for (let at = 0; at < 1_000; at += 100) window.add(at < 500, at)
  expect(window.read(999)).toEqual({ calls: 10, faults: 5 })
  expect(window.read(1_450)).toEqual({ calls: 5, faults: 0 })
  expect(window.read(100_000)).toEqual({ calls: 0, faults: 0 })
})

test("figures of a version are bounded, and what finds no room is counted", () => {
  const figures = createFigures()
  for (let i = 0; i < 600; i++) figures.count(`m${i}`)
  figures.count("m0", 4)
  for (let i = 0; i < 6_000; i++) figures.event("e", "ann")
  const taken = figures.take()
  expect(taken?.figures?.length).toBe(500)
  expect(taken?.figures?.[0]).toEqual(["m0", "counter", "{}", [5]])
  expect(taken?.dropped).toBe(100 + 1_000)
  expect(figures.take()).toBeNull()
})
