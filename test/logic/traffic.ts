/** Calls the greeter for many users of several versions and regions, so many a second; a process of its own or within a test. */
import { createAgent } from "@ossagent/agent"
import { Channel } from "@ossagent/svrkit/rpc"
import { createGreeterClient } from "./generated/greeter.client.ts"
import { GREETER } from "./generated/greeter.table.ts"

export interface Seen {
  asked: number
  answered: number
  /** By code. */
  failed: Record<string, number>
  /** By the version that answered. */
  by: Record<string, number>
  /** The slowest so far, ms. */
  slowestMs: number
}

export interface TrafficOptions {
  target: string
  token: string
  callsPerSec: number
  users?: number
}

const VERSIONS = ["8.0.1", "8.0.2"]
const REGIONS = ["north", "south"]
const TICK_MS = 10
/** Calls under way at most: a service that is slower than it is asked is asked less. */
const MOST_UNDER_WAY = 2_000

export function startTraffic({ target, token, callsPerSec, users = 20_000 }: TrafficOptions) {
  const agent = createAgent({
    service: "traffic",
    key: "0123456789abcdef",
    collector: "http://127.0.0.1:9",
    spool: false,
    builtIn: false,
    flushMs: 60_000,
    onTrouble: () => undefined,
  })
  const channel = new Channel({ table: GREETER, targets: [target], credential: { name: "traffic", token }, agent })
  const greeter = createGreeterClient(channel)
  const seen: Seen = { asked: 0, answered: 0, failed: {}, by: {}, slowestMs: 0 }
  const call = async (): Promise<void> => {
    seen.asked++
    const uid = Math.floor(users * Math.random() ** 2)
    const from = performance.now()
    try {
      const request = { uid, name: "Ada", region: REGIONS[uid % 2] ?? "" }
      const { by } = await greeter.greet(request, { version: VERSIONS[(uid >> 1) % 2] ?? "" })
      seen.answered++
      seen.by[by] = (seen.by[by] ?? 0) + 1
    } catch (error) {
      const { code } = error as { code: string }
      seen.failed[code] = (seen.failed[code] ?? 0) + 1
    }
    seen.slowestMs = Math.max(seen.slowestMs, performance.now() - from)
  }
  const began = performance.now()
  const underWay = () => seen.asked - seen.answered - Object.values(seen.failed).reduce((sum, one) => sum + one, 0)
  let left = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1_000) * callsPerSec)
    while (seen.asked + left < due) {
      if (underWay() < MOST_UNDER_WAY)
        void call() // counts by itself how it ends
      else left++
    }
  }, TICK_MS)
  return {
    seen,
    stop: async (): Promise<Seen> => {
      clearInterval(timer)
      while (underWay() > 0) await new Promise((resolve) => setTimeout(resolve, 10))
      channel.stop()
      await agent.stop(0)
      return seen
    },
  }
}
