import { setTimeout as sleep } from "node:timers/promises"
import { toUserPriority } from "@ossagent/svrkit/rpc"
import type { FrontClient } from "./front/generated/front.client.ts"

const USERS = 10_000
const TURN_MS = 2

export interface LoadPlan {
  /** Calls of work in each task. */
  calls: number
  /** Tasks a second by business priority. */
  perSec: Readonly<Record<number, number>>
  /** Tries of a task by its client, one 50 ms after the other failed. */
  tries: number
  random: () => number
}

/** What became of the tasks that began within one second: those made and those done, by priority. */
export interface Second {
  made: Map<number, number>
  done: Map<number, number>
}

export const sum = (counts: ReadonlyMap<number, number>): number => [...counts.values()].reduce((a, b) => a + b, 0)

/** Tasks as they come (Poisson), whether earlier ones are answered or not; `change` sets another rate. */
export function startLoad(front: FrontClient, plan: LoadPlan) {
  const seconds: Second[] = []
  let perSec = plan.perSec
  let task = 0
  const from = performance.now()
  const add = (counts: Map<number, number>, priority: number): void => {
    counts.set(priority, (counts.get(priority) ?? 0) + 1)
  }
  const run = async (priority: number): Promise<void> => {
    const second = secondOf(seconds, Math.floor((performance.now() - from) / 1_000))
    const user = toUserPriority(Math.floor(plan.random() * USERS), Date.now())
    const request = { task: ++task, calls: plan.calls }
    add(second.made, priority)
    for (let left = plan.tries; left > 0; left--) {
      try {
        await front.do(request, { priority, user })
        add(second.done, priority)
        return
      } catch {
        if (left > 1) await sleep(50)
      }
    }
  }
  const next = new Map<number, number>()
  const timer = setInterval(() => {
    const now = performance.now()
    for (const [name, rate] of Object.entries(perSec)) {
      const priority = Number(name)
      let at = next.get(priority) ?? now
      for (; at <= now; at += (-Math.log(1 - plan.random()) / rate) * 1_000) void run(priority)
      next.set(priority, at)
    }
  }, TURN_MS)
  return {
    seconds,
    change: (to: LoadPlan["perSec"]) => {
      perSec = to
      next.clear()
    },
    stop: () => clearInterval(timer),
  }
}

function secondOf(seconds: Second[], at: number): Second {
  while (seconds.length <= at) seconds.push({ made: new Map(), done: new Map() })
  return seconds[at] as Second
}

const isDone = (): boolean => true
/** A process that the machine lets stand still is left by its callers. */
const isLost = (): boolean => false

/** What is done in a second with so many tasks at a time: the capacity. */
export async function measureCapacity(front: FrontClient, atOnce: number, seconds: number): Promise<number> {
  let done = 0
  const end = performance.now() + seconds * 1_000
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const asked = front.do({ task: 1, calls: 1 }, { priority: 0, user: 0, timeoutMs: 10_000 })
      if (await asked.then(isDone, isLost)) done++
    }
  }
  await Promise.all(Array.from({ length: atOnce }, client))
  return done / seconds
}
