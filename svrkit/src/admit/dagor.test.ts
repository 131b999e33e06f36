import { expect, it } from "vitest"
import { ALL, toKey, USERS } from "./admission.ts"
import { Dagor } from "./dagor.ts"
import { toUserPriority } from "./user-priority.ts"

const NONE = { calls: 0, sumMs: 0, loopMs: 0 }

/** A service that does `perSec` calls a second, in steps of a millisecond of its own clock; what waits, waits in order. */
function createServer(perSec: number) {
  const dagor = new Dagor(0)
  const queue: number[] = []
  let now = 0
  let credit = 0
  let random = 1
  const next = (): number => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0
    return random / 2 ** 32
  }
  const step = (calls: readonly number[]): number[] => {
    now++
    const admitted = calls.filter((priority) => dagor.arrive(toKey(priority, Math.floor(next() * USERS))))
    for (let i = 0; i < admitted.length; i++) queue.push(now)
    credit = Math.min(credit + perSec / 1_000, queue.length)
    for (; credit >= 1; credit--) {
      dagor.begin(now - (queue.shift() as number))
      dagor.finish()
    }
    const sumMs = queue.reduce((sum, at) => sum + now - at, 0)
    if (dagor.due(now)) dagor.judge(now, { ...NONE, calls: queue.length, sumMs })
    return admitted
  }
  /** Runs so many seconds under a load of calls a second by priority; answers what was let in of each a second, in the last half. */
  const run = (seconds: number, load: Readonly<Record<number, number>>) => {
    const admitted = new Map<number, number>()
    for (let ms = 0; ms < seconds * 1_000; ms++) {
      const calls = Object.entries(load).flatMap(([priority, rate]) =>
        Array.from({ length: Math.floor(rate / 1_000 + next()) }, () => Number(priority)),
      )
      const taken = step(calls)
      if (ms >= seconds * 500) for (const one of taken) admitted.set(one, (admitted.get(one) ?? 0) + 1)
    }
    return (priority: number) => (admitted.get(priority) ?? 0) / (seconds / 2)
  }
  return { dagor, run }
}

it("a service that keeps up lets everything in", () => {
  const { dagor, run } = createServer(1_000)
  run(10, { 20: 400 })
  expect(dagor.level).toBe(ALL)
})

it("at three times its capacity it lets in about what it can do, and the important part of it first", () => {
  const { dagor, run } = createServer(2_000)
  const of = run(30, { 10: 600, 20: 2_400, 60: 3_000 })
  expect(dagor.level).toBeLessThan(ALL)
  expect(of(10)).toBeGreaterThan(580)
  expect(of(10) + of(20)).toBeGreaterThan(1_800)
  expect(of(10) + of(20)).toBeLessThan(2_100)
  expect(of(60)).toBeLessThan(60)
})

it("lets everything in again within three seconds after the load has fallen", () => {
  const { dagor, run } = createServer(1_000)
  run(20, { 20: 3_000 })
  expect(dagor.level).toBeLessThan(ALL)
  run(3, { 20: 500 })
  expect(dagor.level).toBe(ALL)
})

it("a mean over a handful of calls changes nothing", () => {
  const dagor = new Dagor(0)
  for (let i = 0; i < 5; i++) {
    dagor.arrive(toKey(20, i))
    dagor.begin(5_000)
  }
  dagor.judge(1_000, NONE)
  expect(dagor.level).toBe(ALL)
})

it("what waits and never begins counts too: a service that stands still is overloaded", () => {
  const dagor = new Dagor(0)
  for (let i = 0; i < 100; i++) dagor.arrive(toKey(20, i))
  dagor.judge(1_000, { calls: 90, sumMs: 90 * 500, loopMs: 0 })
  expect(dagor.level).toBeLessThan(ALL)
  expect(dagor.arrive(toKey(10, 127))).toBe(true)
})

it("calls that callers held back count for how far the level may rise", () => {
  const dagor = new Dagor(0)
  for (let i = 0; i < 1_000; i++) dagor.arrive(toKey(20, i % USERS))
  dagor.judge(1_000, { calls: 900, sumMs: 900 * 500, loopMs: 0 })
  const low = dagor.level
  for (let i = 0; i < 400; i++) dagor.arrive(toKey(20, i % 51))
  for (let i = 51; i < USERS; i++) dagor.heldBack(toKey(20, i), 10)
  dagor.judge(2_000, NONE)
  expect(dagor.level).toBeGreaterThanOrEqual(low)
  expect(dagor.level).toBeLessThan(low + 10)
})

it("a user's priority holds for an hour, and is another in the next; users spread evenly", () => {
  const hour = 3_600_000
  expect(toUserPriority(77, 5 * hour)).toBe(toUserPriority(77, 6 * hour - 1))
  const moved = Array.from({ length: 1_000 }, (_, user) => user).filter(
    (user) => toUserPriority(user, 0) !== toUserPriority(user, hour),
  )
  expect(moved.length).toBeGreaterThan(900)
  const counts = new Uint32Array(USERS)
  for (let user = 1_000_000; user < 1_000_000 + USERS * 100; user++) {
    const priority = toUserPriority(user, 9 * hour)
    counts[priority] = (counts[priority] as number) + 1
  }
  expect(Math.min(...counts)).toBeGreaterThan(50)
  expect(Math.max(...counts)).toBeLessThan(170)
})
