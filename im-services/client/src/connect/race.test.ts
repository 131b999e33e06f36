import { expect, it } from "vitest"
import { ManualClock } from "../manual-clock.ts"
import { race } from "./race.ts"

/** Connections that are made, or fail, when the test says so. */
function candidates() {
  const asked: string[] = []
  const given = new Map<string, { resolve: (name: string) => void; reject: (error: Error) => void }>()
  const aborted: string[] = []
  const connect = (address: string, signal: AbortSignal): Promise<string> => {
    asked.push(address)
    signal.addEventListener("abort", () => aborted.push(address))
    return new Promise((resolve, reject) => given.set(address, { resolve, reject }))
  }
  const give = (address: string) => given.get(address) as NonNullable<ReturnType<typeof given.get>>
  return { asked, aborted, connect, give }
}

it("the next address is tried after 2.5 s, at most three at once, and the first that answers wins", async () => {
  const clock = new ManualClock()
  const { asked, aborted, connect, give } = candidates()
  const late: string[] = []
  const winner = race(["a", "b", "c", "d"], connect, { clock, late: (name) => late.push(name) })
  expect(asked).toEqual(["a"])
  await clock.advance(2_499)
  expect(asked).toEqual(["a"])
  await clock.advance(1)
  expect(asked).toEqual(["a", "b"])
  await clock.advance(2_500)
  await clock.advance(2_500)
  expect(asked).toEqual(["a", "b", "c"])
  give("b").resolve("b")
  expect(await winner).toBe("b")
  expect(aborted.sort()).toEqual(["a", "c"])
  give("a").resolve("a")
  await clock.advance(0)
  expect(late).toEqual(["a"])
})

it("an address that fails gives way to the next at once; when all have failed, so has the race", async () => {
  const clock = new ManualClock()
  const { asked, connect, give } = candidates()
  const lost = race(["a", "b"], connect, { clock, late: () => undefined })
  give("a").reject(new Error("refused"))
  await clock.advance(0)
  expect(asked).toEqual(["a", "b"])
  give("b").reject(new Error("unreachable"))
  await expect(lost).rejects.toThrow("unreachable")
  await expect(race([], connect, { clock, late: () => undefined })).rejects.toThrow("no address")
})

it("a fourth address is tried when one of three has failed", async () => {
  const clock = new ManualClock()
  const { asked, connect, give } = candidates()
  const winner = race(["a", "b", "c", "d"], connect, { clock, late: () => undefined })
  await clock.advance(2_500)
  await clock.advance(2_500)
  await clock.advance(2_500)
  give("b").reject(new Error("refused"))
  await clock.advance(0)
  expect(asked).toEqual(["a", "b", "c", "d"])
  give("d").resolve("d")
  expect(await winner).toBe("d")
})
