import {
  decodeFrame,
  decodePoints,
  EXCEPTION_LIMITS,
  type FrameEvent,
  type FrameException,
  type FrameHeader,
  type FrameItems,
  type PointGroup,
  SECTION,
} from "@ossagent/wire"
import { z } from "zod"
import type { Batch } from "../head/batch.ts"
import { LEFT_OUT } from "../head/block.ts"
import type { GroupPool } from "./group-pool.ts"
import type { AgentNames, Names } from "./names.ts"

/** Points older than this are refused: their raw table has dropped the day. */
const OLDEST_SEC = 24 * 3600
const AHEAD_SEC = 60
/** Later than this is a spool's, or somebody's who tells of the past. */
const LATE_SEC = 60

/** A frame that was read and checked, ready to be merged. */
export interface TakenFrame {
  header: FrameHeader
  names: AgentNames
  /** Of the groups, `ids` hold slots of series, or {@link LEFT_OUT}. */
  groups: { second: number; group: PointGroup }[]
  events: FrameItems<FrameEvent>[]
  exceptions: FrameItems<FrameException>[]
  accepted: number
  /** Count of what is left out, by reason. */
  refused: Map<string, number>
}

/** Why a frame cannot be taken at all. */
export type FrameRefusal = { why: "unknown series" } | { why: "clock ahead"; aheadSec: number }

export interface FrameReading {
  known: Names
  /** Its groups come from here, and go back with {@link releaseFrame}. */
  pool: GroupPool
  /** Unix ms. */
  now: number
  /** The frame was taken before: its times are not judged again. */
  anyTime?: boolean
}

/** Reads a frame; names it carries are remembered. Throws WireError when the bytes are no frame. */
export function readFrame(bytes: Uint8Array, { known, pool, now, anyTime }: FrameReading): TakenFrame | FrameRefusal {
  const { header, sections } = decodeFrame(bytes)
  const names = header.selfContained ? known.alone(now) : known.of(header.agent, header.epoch, now)
  const taken: TakenFrame = { header, names, groups: [], events: [], exceptions: [], accepted: 0, refused: new Map() }
  let refusal: FrameRefusal | null = null
  for (const { type, body } of sections) {
    if (type === SECTION.names) known.add(names, body, now)
    else if (type === SECTION.events) taken.events.push(readItems(body, EVENT, taken))
    else if (type === SECTION.exceptions) taken.exceptions.push(readItems(body, EXCEPTION, taken))
    else if (type === SECTION.points) {
      const each = (second: number, group: PointGroup): void => {
        const aheadSec = anyTime ? 0 : second - now / 1000
        refusal ??= takeGroup(taken, known, { second, group, aheadSec }, now)
      }
      decodePoints(body, each, (kind, rows) => pool.take(kind, rows))
    }
  }
  return refusal ?? taken
}

/** Folds a frame into a batch. */
export function mergeFrame(batch: Batch, taken: TakenFrame): void {
  for (const { second, group } of taken.groups) batch.merge(second, group)
  for (const items of taken.events) batch.addEvents(items)
  for (const items of taken.exceptions) batch.addExceptions(items)
}

/** Gives the frame's groups back; it must not be merged any more. */
export function releaseFrame(taken: TakenFrame, pool: GroupPool): void {
  for (const { group } of taken.groups.splice(0)) pool.give(group)
}

interface Arrived {
  second: number
  group: PointGroup
  /** Of the collector's clock; negative when late. */
  aheadSec: number
}

function takeGroup(taken: TakenFrame, known: Names, arrived: Arrived, now: number): FrameRefusal | null {
  const { second, group, aheadSec } = arrived
  if (aheadSec > AHEAD_SEC) return { why: "clock ahead", aheadSec }
  const refused = known.resolve(taken.names, group.ids, group.length, now)
  if (refused === null) return { why: "unknown series" }
  for (const [reason, count] of refused) refuse(taken, reason, count)
  if (aheadSec < -OLDEST_SEC) {
    refuse(taken, "older than a day", group.length)
    return null
  }
  if (aheadSec < -LATE_SEC) known.sawBefore(group.ids, group.length, second * 1_000)
  taken.accepted += leaveOut(taken, known, group)
  taken.groups.push({ second, group })
  return null
}

/** Marks points that cannot be stored as left out; answers how many are left. */
function leaveOut(taken: TakenFrame, known: Names, group: PointGroup): number {
  const { ids } = group
  const columns = group.kind === "counter" ? [group.sum] : [group.count, group.sum, group.min, group.max, group.last]
  let left = 0
  for (let i = 0; i < group.length; i++) {
    if (ids[i] === LEFT_OUT) continue
    let finite = true
    for (const column of columns) if (column.length > 0 && !Number.isFinite(column[i] as number)) finite = false
    const sameKind = known.kindOf(ids[i] as number) === group.kind
    if (finite && sameKind) {
      left++
      continue
    }
    ids[i] = LEFT_OUT
    refuse(taken, finite ? "a series named as another kind" : "not a finite number", 1)
  }
  return left
}

const refuse = (taken: TakenFrame, reason: string, count: number): void => {
  taken.refused.set(reason, (taken.refused.get(reason) ?? 0) + count)
}

const name = z.string().min(1).max(128)
/** Between 2020 and 2100, Unix ms. */
const time = z.number().int().min(1.577e12).max(4.1e12)
const EVENT = z.object({
  name,
  user: z.string().max(128),
  version: z.string().max(128),
  at: time,
  props: z.record(z.string().max(64), z.union([z.string().max(256), z.number(), z.boolean()])),
})
const EXCEPTION = z.object({
  fingerprint: z.string().min(1).max(64),
  type: z.string().max(EXCEPTION_LIMITS.type),
  message: z.string().max(EXCEPTION_LIMITS.message),
  stack: z.string().max(EXCEPTION_LIMITS.stack),
  place: z.string().max(EXCEPTION_LIMITS.place).default(""),
  version: z.string().max(128),
  count: z.number().int().positive().max(1e9),
  users: z
    .array(z.string().regex(/^[0-9a-f]{16}$/))
    .max(EXCEPTION_LIMITS.users)
    .default([]),
  at: time,
})
const ITEMS = z.object({ service: name, subsystem: name, host: name, items: z.array(z.unknown()).max(20_000) })

/** The items of a section that have the stated form; the others are counted as refused. */
function readItems<T>(body: Uint8Array, form: z.ZodType<T>, taken: TakenFrame): FrameItems<T> {
  const section = ITEMS.safeParse(tryJson(body))
  if (!section.success) {
    refuse(taken, "events or exceptions that are not in the stated form", 1)
    return { service: "", subsystem: "", host: "", items: [] }
  }
  const items = section.data.items.flatMap((item) => {
    const parsed = form.safeParse(item)
    if (!parsed.success)
      refuse(taken, `an event or exception whose ${parsed.error.issues[0]?.path.join(".")} is wrong`, 1)
    return parsed.success ? [parsed.data] : []
  })
  taken.accepted += items.length
  return { ...section.data, items }
}

function tryJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"))
  } catch {
    return null
  }
}
