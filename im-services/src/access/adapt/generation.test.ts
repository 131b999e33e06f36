import { expect, it } from "vitest"
import { toGeneration } from "./generation.ts"

const since = { groups: "7.0.0", recalls: "8.0.0" }

it.each([
  ["6.9.9", 1],
  ["6", 1],
  ["7.0.0", 2],
  ["7.10.0", 2],
  ["7.0", 2],
  ["8.0.0", 3],
  ["10.0.0", 3],
  ["8.0.0-beta.1", 3],
  ["probe", 3],
  ["", 3],
] as const)("a client of version %s is of generation %d", (version, generation) => {
  expect(toGeneration(version, since)).toBe(generation)
})

it("where nothing is said no client is old, and a thing that all know is nobody's lack", () => {
  expect(toGeneration("0.0.1", { groups: undefined, recalls: undefined })).toBe(3)
  expect(toGeneration("0.0.1", { groups: undefined, recalls: "1.0.0" })).toBe(2)
})
