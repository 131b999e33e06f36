import type { ExceptionRow } from "@ossagent/wire"
import type { ExceptionGroup } from "./groups.ts"
import { compareVersions, type ServiceAge, toVersionBefore } from "./versions.ts"

const MOST_VERSIONS = 20

/** What is new: first seen since then, and after what the service's first time brings. */
export interface Newness {
  newSince: number
  baselineMs: number
  /** Undefined when no series of the service is known. */
  age: ServiceAge | undefined
}

/** A group as it is answered. */
export function toRow(group: ExceptionGroup, { newSince, baselineMs, age }: Newness): ExceptionRow {
  const { fingerprint, service, subsystem, type, message, place, count, users, counts } = group
  const { firstSeen, lastSeen, firstVersion, allVersions } = group
  const isNew = age !== undefined && firstSeen >= newSince && firstSeen >= age.since + baselineMs
  return {
    ...{ fingerprint, service, subsystem, type, message, place },
    versions: newestFirst(group.versions).slice(0, MOST_VERSIONS),
    ...{ count, users, total: { count: group.allCount, users: group.allUsers }, firstSeen, lastSeen, firstVersion },
    versionBefore: age === undefined ? null : toVersionBefore(age, { firstSeen, firstVersion, versions: allVersions }),
    isNew,
    counts,
  }
}

const newestFirst = (versions: Iterable<string>): string[] =>
  [...versions].sort((a, b) => compareVersions(b, a) ?? (a < b ? 1 : -1))
