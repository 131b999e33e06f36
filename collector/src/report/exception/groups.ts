/**
 * exception: errors by fingerprint. The table's rows and the head's come together here, each counted once: `groups.ts` reads and merges,
 * `versions.ts` tells what is new, `exceptions.ts` and `exception.ts` are the two questions.
 */
import type { FrameException } from "@ossagent/wire"
import type { Placed } from "../../head/batch.ts"
import type { HeadView } from "../../head/head.ts"
import type { ReportContext } from "../context.ts"

/** Errors that one answer is made from at most; those seen last, or with `newSince` those that began last. */
export const MOST_GROUPS = 5_000
/** Users of the newest seconds are told from those in the table for errors of at most so many. */
const USERS_COMPARED = 500
/** Errors of the newest seconds in one answer; what is over it comes with the table some seconds later. */
const MOST_FRESH = 500

/** What is counted, in the time asked for. */
export interface Wanted {
  service: string
  subsystem: string
  version: string
  fingerprint: string
  from: number
  to: number
  stepMs: number
  steps: number
}

/** One error of one service; or of one version of it. */
export interface ExceptionGroup {
  fingerprint: string
  service: string
  version: string
  subsystem: string
  type: string
  message: string
  place: string
  versions: Set<string>
  allVersions: Set<string>
  count: number
  users: number
  allCount: number
  allUsers: number
  firstSeen: number
  lastSeen: number
  firstVersion: string
  counts: number[]
}

interface StoredGroup extends Omit<ExceptionGroup, "versions" | "allVersions" | "counts"> {
  versions: string[]
  allVersions: string[]
  counts: Record<string, number>
  userSample: string[]
  allUserSample: string[]
}

type Fresh = Placed<FrameException>

/** What the head holds: of the errors asked for, and of others, for those may be asked for by what the table holds of them. */
function readFresh(view: HeadView, wanted: Wanted, print?: string): { rows: Fresh[]; prints: string[] } {
  const all = view.batches
    .flatMap(({ exceptions }) => exceptions)
    .filter((one) => isOf(one, wanted) && (print ?? one.fingerprint) === one.fingerprint)
  const prints = new Set<string>(print === undefined ? [] : [print])
  const add = (one: Fresh): void => void (prints.size < MOST_FRESH && prints.add(one.fingerprint))
  for (const one of all) if (isWanted(one, wanted)) add(one)
  for (const one of all) add(one)
  return { rows: all.filter((one) => prints.has(one.fingerprint)), prints: [...prints] }
}

const isOf = (one: Fresh, { service }: Wanted): boolean => service === "" || one.service === service

const isWanted = (one: Fresh, wanted: Wanted): boolean =>
  one.at >= wanted.from &&
  one.at < wanted.to &&
  isOf(one, wanted) &&
  (wanted.fingerprint === "" || one.fingerprint === wanted.fingerprint) &&
  (wanted.subsystem === "" || one.subsystem === wanted.subsystem) &&
  (wanted.version === "" || one.version === wanted.version)

const WANTED = `at >= fromUnixTimestamp64Milli({from:Int64}) AND at < fromUnixTimestamp64Milli({to:Int64})
  AND ({service:String} = '' OR service = {service:String})
  AND ({subsystem:String} = '' OR subsystem = {subsystem:String})
  AND ({version:String} = '' OR version = {version:String})
  AND ({fingerprint:String} = '' OR fingerprint = {fingerprint:String})
  AND batch NOT IN {batches:Array(UInt64)}`

const AGGREGATES = `argMax(place_in, at) AS subsystem, argMax(named, at) AS type, argMax(said, at) AS message,
  argMax(line, at) AS place, argMin(release, at) AS firstVersion,
  groupUniqArrayIf(200)(release, wanted) AS versions, groupUniqArray(1000)(release) AS allVersions,
  sumIf(times, wanted) AS count, sum(times) AS allCount, uniqArrayIf(hit, wanted) AS users, uniqArray(hit) AS allUsers,
  if(fingerprint IN {prints:Array(String)}, groupUniqArrayArrayIf(${USERS_COMPARED})(hit, wanted), []) AS userSample,
  if(fingerprint IN {prints:Array(String)}, groupUniqArrayArray(${USERS_COMPARED})(hit), []) AS allUserSample,
  min(ms) AS firstSeen, max(ms) AS lastSeen,
  sumMapIf(map(toString(intDiv(ms - {from:Int64}, {stepMs:Int64})), times), wanted) AS counts`

/** Errors with their past, by service and fingerprint, or each of their versions by itself. */
const toSql = (by: By, newestFirst: boolean): string => `
  SELECT service, fingerprint, ${by === "version" ? "release" : "''"} AS version, ${AGGREGATES}
  FROM (
    SELECT service, fingerprint, version AS release, subsystem AS place_in, type AS named, message AS said, place AS line, users AS hit,
      count AS times, at, toUnixTimestamp64Milli(at) AS ms, (${WANTED}) AS wanted
    FROM exceptions
    WHERE batch NOT IN {batches:Array(UInt64)} AND ({service:String} = '' OR service = {service:String})
      AND ((service, fingerprint) IN (
        SELECT service, fingerprint FROM exceptions WHERE ${WANTED} GROUP BY service, fingerprint
        ORDER BY ${newestFirst ? "min" : "max"}(at) DESC LIMIT ${MOST_GROUPS})
      OR fingerprint IN {prints:Array(String)})
  )
  GROUP BY service, fingerprint${by === "version" ? ", release" : ""}`

type By = "error" | "version"

/** Table ⊕ head: every error that was seen in the time asked for, with its past; and `print`, whenever it was seen. */
export async function readGroups(
  { head, store, signal }: Pick<ReportContext, "head" | "store" | "signal">,
  wanted: Wanted,
  { by = "error", newestFirst = false, print }: { by?: By; newestFirst?: boolean; print?: string } = {},
): Promise<ExceptionGroup[]> {
  const view = head.view()
  // Before anything is awaited: the head uses the memory of batches again.
  const { rows, prints } = readFresh(view, wanted, print)
  const params = { ...wanted, batches: [...view.numbers], prints: prints.length > 0 ? prints : [""] }
  const stored = await store.rows<StoredGroup>(toSql(by, newestFirst), params, signal)
  const merger = new Merger(wanted, by)
  for (const group of stored) merger.addStored(group)
  for (const row of rows) merger.addFresh(row)
  return merger.groups()
}

/** A group on its way: users who are known one by one, and how many more there are. */
interface Draft {
  group: ExceptionGroup
  users: { known: Set<string>; more: number }
  allUsers: { known: Set<string>; more: number }
}

class Merger {
  private readonly drafts = new Map<string, Draft>()
  private readonly wanted: Wanted
  private readonly by: By

  constructor(wanted: Wanted, by: By) {
    this.wanted = wanted
    this.by = by
  }

  addStored({ userSample, allUserSample, ...stored }: StoredGroup): void {
    const counts = new Array<number>(this.wanted.steps).fill(0)
    for (const [step, count] of Object.entries(stored.counts)) counts[Number(step)] = count
    const versions = new Set(stored.versions)
    const allVersions = new Set(stored.allVersions)
    const more = (sample: readonly string[], all: number) => ({ known: new Set(sample), more: all - sample.length })
    this.drafts.set(this.keyOf(stored), {
      group: { ...stored, counts, versions, allVersions },
      users: more(userSample, stored.users),
      allUsers: more(allUserSample, stored.allUsers),
    })
  }

  addFresh(row: Fresh): void {
    const draft = this.draftOf(row)
    const { group } = draft
    group.allCount += row.count
    group.allVersions.add(row.version)
    addUsers(draft.allUsers, row.users)
    if (row.at < group.firstSeen) Object.assign(group, { firstSeen: row.at, firstVersion: row.version })
    if (row.at >= group.lastSeen) {
      const { subsystem, type, message, place, at } = row
      Object.assign(group, { subsystem, type, message, place, lastSeen: at })
    }
    if (!isWanted(row, this.wanted)) return
    group.count += row.count
    group.versions.add(row.version)
    addUsers(draft.users, row.users)
    const step = Math.floor((row.at - this.wanted.from) / this.wanted.stepMs)
    group.counts[step] = (group.counts[step] ?? 0) + row.count
  }

  groups(): ExceptionGroup[] {
    return [...this.drafts.values()].map(({ group, users, allUsers }) => ({
      ...group,
      users: users.known.size + users.more,
      allUsers: allUsers.known.size + allUsers.more,
    }))
  }

  private keyOf({
    service,
    fingerprint,
    version,
  }: Pick<ExceptionGroup, "service" | "fingerprint" | "version">): string {
    return `${service}\u0001${fingerprint}\u0001${this.by === "version" ? version : ""}`
  }

  private draftOf(row: Fresh): Draft {
    const key = this.keyOf(row)
    const known = this.drafts.get(key)
    if (known !== undefined) return known
    const { fingerprint, service, subsystem, version, type, message, place, at } = row
    const group: ExceptionGroup = {
      ...{ fingerprint, service, subsystem, type, message, place },
      version: this.by === "version" ? version : "",
      ...{ versions: new Set(), allVersions: new Set(), count: 0, users: 0, allCount: 0, allUsers: 0 },
      ...{ firstSeen: at, lastSeen: at, firstVersion: version },
      counts: new Array<number>(this.wanted.steps).fill(0),
    }
    const draft = {
      group,
      users: { known: new Set<string>(), more: 0 },
      allUsers: { known: new Set<string>(), more: 0 },
    }
    this.drafts.set(key, draft)
    return draft
  }
}

/** Where not all are known one by one, those of the newest seconds may be among the others: they are counted once they are stored. */
function addUsers(users: { known: Set<string>; more: number }, fresh: readonly string[]): void {
  if (users.more === 0) for (const user of fresh) users.known.add(user)
}
