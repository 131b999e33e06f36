import { RpcError, type ServerCall } from "@ossagent/svrkit/rpc"
import type { AllocateReplyInit, AllocateRequest, StateReplyInit } from "./generated/seq.codec.ts"
import { seqError } from "./generated/seq.server.ts"
import type { Leases } from "./leases.ts"
import { PAGE_BYTES } from "./numbers.ts"
import { placeOf, SECTION_USERS, sectionOf, shareOf } from "./sections.ts"
import { Deposed, type OwnedShare } from "./share.ts"

const MOST_USERS = 10_000
const MOST_COUNT = 1_000_000
/** A section's key and maximum in a store. */
const SECTION_BYTES = 12

export interface AllocatorDeps {
  leases: Pick<Leases, "owned" | "routes" | "lose">
  /** Bytes of numbers in memory; beyond, sections are forgotten. */
  mostBytes: number
  now?: () => number
  count: (numbers: number) => void
}

/** Where one user of a request stands. */
interface Ask {
  uid: number
  count: number
  section: number
  share: OwnedShare
}

/** Gives numbers of the shares that this process has; knows nothing of calls but their deadline. */
export function createAllocator({ leases, mostBytes, count, now = () => performance.now() }: AllocatorDeps) {
  const findShares = (uids: readonly number[], counts: readonly number[]): Ask[] | null => {
    const asks: Ask[] = []
    for (const [index, uid] of uids.entries()) {
      const section = sectionOf(uid)
      const share = leases.owned.get(shareOf(section))
      if (share === undefined || !share.isValid(now())) return null
      asks.push({ uid, count: counts[index] ?? 1, section, share })
    }
    return asks
  }

  const makeReady = async ({ share, section, count: more }: Ask): Promise<void> => {
    try {
      await share.ready(section, more)
    } catch (error) {
      if (error instanceof Deposed) leases.lose(share, error.message)
      else throw error
    }
  }

  /**
   * Null: a share is not this allocator's, or no more. All numbers are given at one moment, the moment of the reply: so replies that come
   * one after the other tell numbers one above the other.
   */
  const give = async (asks: readonly Ask[], call: Pick<ServerCall, "remainingMs">): Promise<number[] | null> => {
    for (;;) {
      const missing = new Map<number, Ask>()
      for (const ask of asks) {
        const { share, section, uid, count: more } = ask
        if (!share.has(section, placeOf(uid), more)) missing.set(section, larger(missing.get(section), ask))
      }
      // The lease is looked at last: what it does not cover any more is not told to anybody.
      if (!asks.every(({ share }) => share.isValid(now()))) return null
      if (missing.size === 0) return asks.map((ask) => ask.share.tryGive(ask.section, placeOf(ask.uid), ask.count) ?? 0)
      if (call.remainingMs <= 0) throw new RpcError("expired", "the deadline passed while a maximum was persisted")
      await Promise.all([...missing.values()].map(makeReady))
    }
  }

  /** Memory is bounded: the sections not used for the longest time go, and begin above their maximum when they come back. */
  const forget = (): void => {
    const shares = [...leases.owned.values()]
    let bytes = shares.reduce((sum, { pages }) => sum + pages * PAGE_BYTES, 0)
    for (const share of shares.sort((a, b) => b.pages - a.pages)) {
      while (bytes > mostBytes) {
        const before = share.pages
        if (!share.forgetOne()) break
        bytes -= (before - share.pages) * PAGE_BYTES
      }
    }
  }

  return {
    forget,
    allocate: async (
      { uids, counts, routes }: AllocateRequest,
      call: Pick<ServerCall, "remainingMs">,
    ): Promise<AllocateReplyInit> => {
      checkRequest(uids, counts)
      const table = leases.routes
      const more = table.version === routes ? {} : { routes: table }
      const asks = findShares(uids, counts)
      const lasts = asks === null ? null : await give(asks, call)
      if (lasts === null) return { lasts: [], routes: leases.routes }
      count(counts.length === 0 ? uids.length : counts.reduce((sum, one) => sum + one, 0))
      return { lasts, ...more }
    },
    state: (): StateReplyInit => {
      const shares = [...leases.owned.values()]
      const sections = shares.reduce((sum, share) => sum + share.sections, 0)
      return { shares: shares.map(({ share }) => share), sections, stateBytes: sections * SECTION_BYTES }
    },
    /** Bytes of numbers in memory. */
    memoryBytes: (): number => [...leases.owned.values()].reduce((sum, { pages }) => sum + pages * PAGE_BYTES, 0),
  }
}
export type Allocator = ReturnType<typeof createAllocator>

const larger = (a: Ask | undefined, b: Ask): Ask => (a !== undefined && a.count >= b.count ? a : b)

function checkRequest(uids: readonly number[], counts: readonly number[]): void {
  const refuse = (why: string): never => {
    throw seqError("bad_request", `cannot allocate: ${why}`)
  }
  if (uids.length > MOST_USERS) refuse(`${uids.length} users at once, at most ${MOST_USERS}`)
  if (counts.length !== 0 && counts.length !== uids.length) refuse(`${uids.length} users, ${counts.length} counts`)
  if (new Set(uids).size < uids.length) refuse("a user stands there twice")
  for (const one of counts) if (one < 1 || one > MOST_COUNT) refuse(`the count ${one} is not 1 to ${MOST_COUNT}`)
  for (const uid of uids) if (uid > MOST_UID) refuse(`${uid} is no user and no group`)
}

const MOST_UID = 2 ** 40 + 2 ** 31 * SECTION_USERS - 1
