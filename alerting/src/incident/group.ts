/**
 * Which alarms are one incident. By the route's `groupBy` where it has one; else by place and time: what breaks in one subsystem, or at
 * the same time in one service, version or host, or in many services at once, has one cause until people know better.
 */
import type { Group } from "@ossagent/wire"

/** How long an open incident takes what breaks in the same subsystem, counted from its newest alarm. */
const SAME_PLACE_MS = 60 * 60_000
/** How long it takes what breaks near it. */
const SAME_TIME_MS = 2 * 60_000
/** So many services (or hosts, where nothing says of which service they are) at the same time have one cause. */
const MANY_PLACES = 5
const MANY = "many places"

export interface Groupable {
  group: Group
  /** Key made of the dimensions of a route's `groupBy`; null: by place and time. */
  routeKey: string | null
  /** Unique among open alarms: makes the key of a new incident unique. */
  fingerprint: string
}

export interface OpenIncident {
  key: string
  group: Group
  /** When its newest alarm joined, Unix ms. */
  grownAt: number
  startedAt: number
}

export interface Placed<A> {
  alarm: A
  key: string
}

/**
 * The key of the incident of each alarm: that of an open one, or a new one.
 *
 * @param open incidents that are not resolved
 * @param now Unix ms
 */
export function toIncidents<A extends Groupable>(
  alarms: readonly A[],
  open: readonly OpenIncident[],
  now: number,
): Placed<A>[] {
  const known = [...open]
  const many = findMany(alarms, known, now)
  return alarms.map((alarm) => {
    const key = findKey(alarm, known, now) ?? (alarm.routeKey === null ? many : null) ?? toNewKey(alarm)
    grow(known, key, alarm.group, now)
    return { alarm, key }
  })
}

/** The key of the incident for all that has no other, when many services break at the same time; null when they do not. */
function findMany(alarms: readonly Groupable[], open: readonly OpenIncident[], now: number): string | null {
  const recent = open.filter(({ grownAt }) => now - grownAt <= SAME_TIME_MS)
  const storm = recent.find(({ key }) => key.startsWith(MANY))
  if (storm) return storm.key
  const begun = recent.filter(({ key, startedAt }) => now - startedAt <= SAME_TIME_MS && !key.startsWith("route "))
  const free = alarms.filter(({ routeKey }) => routeKey === null)
  const places = new Set([...begun, ...free].map(({ group }) => group.service ?? group.host ?? JSON.stringify(group)))
  const [first] = free
  return places.size >= MANY_PLACES && first ? `${MANY} ${first.fingerprint}` : null
}

function findKey({ group, routeKey }: Groupable, open: readonly OpenIncident[], now: number): string | null {
  if (routeKey !== null) return routeKey
  const near = open.filter(({ key }) => !key.startsWith("route "))
  const sameTime = near.filter(({ grownAt }) => now - grownAt <= SAME_TIME_MS)
  const found =
    near.find((one) => now - one.grownAt <= SAME_PLACE_MS && isSame(one.group, group, ["service", "subsystem"])) ??
    sameTime.find((one) => isSame(one.group, group, ["service"])) ??
    sameTime.find((one) => isSame(one.group, group, ["version"]) || isSame(one.group, group, ["host"]))
  return found?.key ?? null
}

const isSame = (a: Group, b: Group, dims: readonly string[]): boolean =>
  dims.every((dim) => (a[dim] ?? "") !== "" && a[dim] === b[dim])

const toNewKey = ({ group, fingerprint }: Groupable): string =>
  `${group.service ?? ""}/${group.subsystem ?? ""} ${fingerprint}`

function grow(known: OpenIncident[], key: string, group: Group, now: number): void {
  const i = known.findIndex((one) => one.key === key)
  const before = known[i]
  if (before) known[i] = { ...before, group: toShared(before.group, group), grownAt: now }
  else known.push({ key, group, grownAt: now, startedAt: now })
}

/** The dimensions in which two groups are equal. */
export const toShared = (a: Group, b: Group): Group =>
  Object.fromEntries(Object.entries(a).filter(([dim, value]) => b[dim] === value))

/** The key of a route's incident: the same for alarms that are equal in its dimensions. */
export const toRouteKey = (route: string, dims: readonly string[], valueIn: (dim: string) => string): string =>
  `route ${JSON.stringify([route, ...dims.map((dim) => `${dim}=${valueIn(dim)}`)])}`
