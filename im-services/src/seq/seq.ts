/**
 * seq: rising numbers for every user. `leases.ts` sees to whose turn it is, `share.ts` persists maxima before they are used, `numbers.ts`
 * gives from memory, `allocator.ts` answers; callers use `client.ts`, which follows the shares from allocator to allocator.
 */
import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { defineRpcService } from "@ossagent/svrkit"
import { connectStores } from "../datastore/connect.ts"
import { createAllocator } from "./allocator.ts"
import { SEQ_SETTINGS } from "./config.ts"
import { serveSeq } from "./generated/seq.server.ts"
import { openSeqStores } from "./generated/seq.stores.ts"
import { Leases } from "./leases.ts"

const STEP_MS = 250
const READY_MS = 10_000

export const seq = defineRpcService({
  name: "seq",
  partOf: "im",
  config: SEQ_SETTINGS,
  start: async (context) => {
    const { config, log, agent, rpc, ready, onStop } = context
    const stores = openSeqStores(connectStores(context))
    const run = randomUUID()
    const leases = new Leases({ leases: stores.leases, sections: stores.sections, run, target: config.target, log })
    const given = agent.counter("seq.numbers", { unit: "{number}" })
    const allocator = createAllocator({
      leases,
      mostBytes: config.memoryMb * 1024 * 1024,
      count: (numbers) => given.inc(numbers),
    })
    ready("shares", () => (leases.owned.size > 0 ? null : "no share of the sections is had yet"))
    const stop = keepStepping(leases, allocator.forget, log)
    onStop(async () => {
      await stop()
      await leases.stop()
    })
    const shares = agent.gauge("seq.shares")
    const memory = agent.gauge("seq.memory", { unit: "By" })
    agent.onFlush(() => {
      shares.set(leases.owned.size)
      memory.set(allocator.memoryBytes())
    })
    serveSeq(rpc, { allocate: allocator.allocate, state: allocator.state })
    await untilOwned(leases)
  },
})

/** The lease's loop: one step after the other, until stopped. */
function keepStepping(
  leases: Leases,
  forget: () => void,
  log: { warn: (fields: object, text: string) => void },
): () => Promise<void> {
  const stopping = new AbortController()
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await leases.step()
        forget()
      } catch (error) {
        log.warn({ err: error }, "the leases cannot be read")
      }
      await sleep(STEP_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const running = loop()
  return async () => {
    stopping.abort()
    await running
  }
}

/** Whoever starts after this one finds numbers; where another allocator, or none that can be reached, has them all, it starts all the same. */
async function untilOwned(leases: Leases): Promise<void> {
  const until = performance.now() + READY_MS
  while (leases.owned.size === 0 && performance.now() < until) await sleep(20)
}
