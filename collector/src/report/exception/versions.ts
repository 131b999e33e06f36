import { setImmediate as nextTurn } from "node:timers/promises"
import { OTHER } from "@ossagent/wire"
import type { Registry } from "../../head/registry.ts"

/** Series looked at in one turn of the event loop. */
const SLOTS_A_TURN = 4_096

/** Since when a service is known, and each of its versions; Unix ms. */
export interface ServiceAge {
  since: number
  versions: Map<string, number>
}

/** Ages of some services, from what all of their series say. */
export async function readAges(registry: Registry, services: ReadonlySet<string>): Promise<Map<string, ServiceAge>> {
  const ages = new Map<string, ServiceAge>()
  if (services.size === 0) return ages
  let looked = 0
  for (const slot of registry) {
    if (++looked % SLOTS_A_TURN === 0) await nextTurn()
    const service = registry.text("service", slot)
    if (!services.has(service)) continue
    const age = ages.get(service) ?? { since: Number.POSITIVE_INFINITY, versions: new Map() }
    ages.set(service, age)
    const first = registry.firstSeen[slot] as number
    const version = registry.text("version", slot)
    age.since = Math.min(age.since, first)
    if (version !== OTHER) age.versions.set(version, Math.min(first, age.versions.get(version) ?? first))
  }
  return ages
}

const NUMBERED = /^v?(\d{1,9}(?:\.\d{1,9})*)([-+].*)?$/

/** Order of two versions by their numbers, a pre-release before its release; null when one of them has no numbers. */
export function compareVersions(a: string, b: string): number | null {
  const [x, y] = [NUMBERED.exec(a), NUMBERED.exec(b)]
  if (x === null || y === null) return null
  const [left, right] = [x, y].map((found) => (found[1] as string).split(".").map(Number)) as [number[], number[]]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const by = (left[i] ?? 0) - (right[i] ?? 0)
    if (by !== 0) return by
  }
  const [before, after] = [x[2]?.startsWith("-") ? x[2] : "", y[2]?.startsWith("-") ? y[2] : ""]
  if (before === after) return 0
  if (before === "" || after === "") return before === "" ? 1 : -1
  return before < after ? -1 : 1
}

/** What must be known of an error to say which version came before it. */
export interface Seen {
  firstSeen: number
  firstVersion: string
  versions: ReadonlySet<string>
}

/** The newest version of the service that is older than the one in which the error was first seen, ran before, and has not shown it. */
export function toVersionBefore({ versions }: ServiceAge, seen: Seen): string | null {
  const first = versions.get(seen.firstVersion) ?? seen.firstSeen
  const isOlder = (version: string, at: number): boolean => {
    const order = compareVersions(version, seen.firstVersion)
    return order === null ? at < first : order < 0
  }
  let best: [version: string, at: number] | null = null
  for (const [version, at] of versions) {
    if (at >= seen.firstSeen || seen.versions.has(version) || !isOlder(version, at)) continue
    if (best === null || (compareVersions(version, best[0]) ?? at - best[1]) > 0) best = [version, at]
  }
  return best?.[0] ?? null
}
