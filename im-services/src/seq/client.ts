import { setTimeout as sleep } from "node:timers/promises"
import type { RpcDoor } from "@ossagent/svrkit"
import { type Channel, RpcError } from "@ossagent/svrkit/rpc"
import { type SeqClient as Calls, createSeqClient as createCalls } from "./generated/seq.client.ts"
import type { AllocateReply, Routes } from "./generated/seq.codec.ts"
import { SEQ } from "./generated/seq.table.ts"
import { sectionOf, shareOf } from "./sections.ts"

export interface SeqClient {
  /**
   * Numbers for each user or group: the last of so many, which precede it without a gap; each is above every number given to the same user
   * before. No user twice. Rejects with RpcError `unavailable` at the deadline, `bad_request` for what is out of range. Numbers of a call
   * that failed may be left out for ever.
   */
  allocate(uids: readonly number[], counts: readonly number[], options?: { timeoutMs?: number }): Promise<number[]>
}

const TIMEOUT_MS = 5_000
/** One try: shorter than what an owner of a lease stops before its end (`leases.ts`). */
const TRY_MS = 1_500
const WAIT_MS = 40
const MOST_TARGETS = 64

interface Way {
  channel: Channel
  calls: Calls
}
interface Item {
  index: number
  uid: number
  count: number
  share: number
}

/** Numbers from whichever allocator serves each user; `targets` are some of the allocators. */
export function createSeqClient(rpc: Pick<RpcDoor, "channel">, targets: readonly string[]): SeqClient {
  const createWay = (to: readonly string[]): Way => {
    const channel = rpc.channel(SEQ, to)
    return { channel, calls: createCalls(channel) }
  }
  const any = createWay(targets)
  const ways = new Map<string, Way>()
  let routes: Routes = { version: 0, routes: [] }

  const wayTo = (target: string): Way => {
    if (target === "") return any
    const way = ways.get(target) ?? createWay([target])
    ways.set(target, way)
    for (const old of [...ways.keys()].slice(0, Math.max(0, ways.size - MOST_TARGETS))) {
      ways.get(old)?.channel.stop()
      ways.delete(old)
    }
    return way
  }

  const take = ({ routes: newer }: AllocateReply): void => {
    if (newer !== undefined && newer.version > routes.version) routes = newer
  }
  /** Where to ask: by the table, or anywhere where that led nowhere. */
  const groupOf = (left: readonly Item[], lost: ReadonlySet<string>): Map<string, Item[]> => {
    const groups = new Map<string, Item[]>()
    for (const item of left) {
      const target = routes.routes[item.share]?.target ?? ""
      const key = lost.has(target) ? "" : target
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [item])
      else group.push(item)
    }
    return groups
  }

  const askOne = async (
    target: string,
    group: readonly Item[],
    lasts: number[],
    timeoutMs: number,
  ): Promise<string | null> => {
    const request = {
      uids: group.map(({ uid }) => uid),
      counts: group.map(({ count }) => count),
      routes: routes.version,
    }
    try {
      const reply = await wayTo(target).calls.allocate(request, { timeoutMs })
      take(reply)
      for (const [at, last] of reply.lasts.entries()) lasts[(group[at] as Item).index] = last
      return null
    } catch (error) {
      if (error instanceof RpcError && !FINAL.has(error.code)) return target
      throw error
    }
  }

  return {
    allocate: async (uids, counts, { timeoutMs = TIMEOUT_MS } = {}) => {
      const deadlineAt = performance.now() + timeoutMs
      const lasts: number[] = new Array(uids.length).fill(0)
      let left = uids.map(
        (uid, index): Item => ({ index, uid, count: counts[index] ?? 1, share: shareOf(sectionOf(uid)) }),
      )
      let lost = new Set<string>()
      while (left.length > 0) {
        const leftMs = deadlineAt - performance.now()
        if (leftMs <= 0)
          throw new RpcError("unavailable", `no allocator gave numbers to ${left.length} users in time`, {
            retry: true,
          })
        const version = routes.version
        const groups = [...groupOf(left, lost)]
        const failed = await Promise.all(
          groups.map(([target, group]) => askOne(target, group, lasts, Math.min(leftMs, TRY_MS))),
        )
        lost = new Set(failed.filter((target) => target !== null))
        left = left.filter(({ index }) => lasts[index] === 0)
        if (left.length > 0 && routes.version === version) await sleep(WAIT_MS * (0.5 + Math.random()))
      }
      return lasts
    },
  }
}

/** What another try does not change. */
const FINAL = new Set(["bad_request", "unauthorized", "unknown_method", "unknown_service", "stopped", "too_large"])
