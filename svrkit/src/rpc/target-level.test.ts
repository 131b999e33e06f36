import { expect, it } from "vitest"
import { ALL } from "../admit/admission.ts"
import { Writer } from "../codec/index.ts"
import { readHeld, writeHeld } from "./call-frame.ts"
import { FrameError } from "./frame.ts"
import { TargetLevel } from "./target-level.ts"

it("a level that was not heard of for two seconds is forgotten", () => {
  const target = new TargetLevel()
  target.hear(1_000, 0)
  expect([target.admits(1_000, 10), target.admits(1_001, 10), target.admits(1_001, 2_000)]).toEqual([
    true,
    false,
    false,
  ])
  expect(target.admits(1_001, 2_001)).toBe(true)
})

it("an answer says that the level holds still, or that all is let in", () => {
  const target = new TargetLevel()
  target.hear(1_000, 0)
  target.confirm(true, 1_900)
  expect(target.admits(1_001, 3_800)).toBe(false)
  target.confirm(false, 3_801)
  expect([target.admits(ALL, 3_801), target.level]).toEqual([true, ALL])
})

it("what was held back is told each 100 ms at most, by key, and as it was written", () => {
  const target = new TargetLevel()
  for (let i = 0; i < 3; i++) target.holdBack(7)
  target.holdBack(ALL)
  const held = target.takeHeld(1_000) as ReadonlyMap<number, number>
  target.holdBack(9)
  expect([target.takeHeld(1_050), target.takeHeld(1_100)]).toEqual([null, new Map([[9, 1]])])
  const writer = new Writer()
  writeHeld(writer, new Map([...held, [3, 100_000]]))
  const bytes = Buffer.from(writer.take())
  const got: [number, number][] = []
  readHeld(bytes, 5, bytes.length, (key, calls) => got.push([key, calls]))
  expect(got).toEqual([
    [7, 3],
    [ALL, 1],
    [3, 65_535],
  ])
  expect(() => readHeld(bytes, 5, bytes.length - 1, () => undefined)).toThrow(FrameError)
})
