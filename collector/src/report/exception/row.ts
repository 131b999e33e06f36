import type { ExceptionRow } from "@ossagent/wire"
import type { ExceptionGroup } from "./groups.ts"
import { compareVersions, type ServiceAge, toVersionBefore } from "./versions.ts"

/** What a service's first minutes bring was there before anybody looked: it is not new. */
export const BASELINE_MS = 10 * 60_000
const MOST_VERSIONS = 20

/** A group as it is answered. `age`: of its service; undefined when no series of it is known. */
export function toRow(group: ExceptionGroup, newSince: number, age: ServiceAge | undefined): ExceptionRow {
  const { fingerprint, service, subsystem, type, message, place, count, users, counts } = group
  const { firstSeen, lastSeen, firstVersion, allVersions } = group
  const isNew = age !== undefined && firstSeen >= newSince && firstSeen >= age.since + BASELINE_MS
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
