import { expect, it } from "vitest"
import { ManualClock } from "../manual-clock.ts"
import { Attempts } from "./attempts.ts"

const fail = () => Promise.reject(new Error("refused"))

it("what connecting took, and where it failed, is kept until it is told", async () => {
  const attempts = new Attempts(new ManualClock())
  const { signal } = new AbortController()
  for (let i = 0; i < 10; i++) await attempts.watch(`a${i}`, fail, signal).catch(() => undefined)
  expect(attempts.failed.map(({ address }) => address)).toEqual(["a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"])
  attempts.told()
  expect(attempts.failed).toEqual([])
})

it("a try that another one was faster than has not failed", async () => {
  const attempts = new Attempts(new ManualClock())
  const controller = new AbortController()
  const late = attempts.watch("late", () => fail(), AbortSignal.abort())
  await late.catch(() => undefined)
  controller.abort()
  expect(attempts.failed).toEqual([])
})
