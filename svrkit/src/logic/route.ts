import { type LogicPlan, RELEASE_BUCKETS, RELEASE_GROUPS } from "@ossagent/wire"

/** Whose call it is, as routes and figures see it; empty where it is not said. */
export interface Caller {
  user: string
  /** Of the client. */
  version: string
  region: string
}

/**
 * `new` and `old` are the two sides that are judged: equally many users, drawn by lot. `rest` is everybody else, on either version.
 */
export interface Route {
  toNew: boolean
  side: "new" | "old" | "rest"
  /** Of the judged sides: 0 … RELEASE_GROUPS − 1. */
  group: number
}

export const REST: Route = { toNew: false, side: "rest", group: 0 }
const LISTED: Route = { toNew: true, side: "rest", group: 0 }
const ALL_NEW: Route = { toNew: true, side: "rest", group: 0 }

/**
 * Which version takes a call. The same user gets the same answer throughout a release, and stays on the new version as the ratio grows. New ones
 * count from the first bucket up, the old side that they are compared with from the last one down.
 */
export function toRoute(release: NonNullable<LogicPlan["release"]>, caller: Caller): Route {
  const { audience, ratio, id } = release
  if (audience.users.length > 0 && audience.users.includes(caller.user)) return LISTED
  if (!lets(audience.versions, caller.version) || !lets(audience.regions, caller.region)) return REST
  if (caller.user === "") return ratio >= 1 ? ALL_NEW : REST
  const hash = hashOf(`${id}\u0001${caller.user}`)
  const bucket = hash % RELEASE_BUCKETS
  const toNew = bucket < Math.round(ratio * RELEASE_BUCKETS)
  const judged = Math.round(Math.min(ratio, 1 - ratio) * RELEASE_BUCKETS)
  const isJudged = toNew ? bucket < judged : bucket >= RELEASE_BUCKETS - judged
  if (!isJudged) return toNew ? ALL_NEW : REST
  return { toNew, side: toNew ? "new" : "old", group: Math.floor(hash / RELEASE_BUCKETS) % RELEASE_GROUPS }
}

const lets = (allowed: readonly string[], value: string): boolean => allowed.length === 0 || allowed.includes(value)

/** FNV-1a, finished as MurmurHash3 does so that similar ids fall far apart; 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
