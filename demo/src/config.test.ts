import { expect, it } from "vitest"
import { parseCommandLine } from "./config.ts"

it("without words it is a day of five minutes with fourteen people", () => {
  expect(parseCommandLine([])).toEqual({ daySec: 300, people: 14, stop: false, help: false })
})

it("what is given is taken, and what cannot be is told with its name", () => {
  expect(parseCommandLine(["--day", "60", "--people", "20"])).toMatchObject({ daySec: 60, people: 20 })
  expect(parseCommandLine(["--stop"]).stop).toBe(true)
  expect(() => parseCommandLine(["--day", "soon"])).toThrow("--day is no number")
  expect(() => parseCommandLine(["--day", "5"])).toThrow("--day must be 20 or more")
  expect(() => parseCommandLine(["--people", "1000", "--day", "1"])).toThrow(/--day .*\n--people must be 200 or less/)
  expect(() => parseCommandLine(["--nights"])).toThrow("--nights")
})
