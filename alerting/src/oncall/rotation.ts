/** Who of a schedule is on call. Turns are counted on the wall clock of the schedule's zone, so that a change of clocks moves nobody. */
import type { Layer, Schedule } from "@ossagent/wire"
import { DateTime } from "luxon"

export interface Turn {
  contactId: string
  /** Unix ms. */
  from: number
  until: number
}

/** The contact on call at `at` (Unix ms); null when no layer covers that time. */
export function findOnCall(schedule: Schedule, at: number): string | null {
  const override = schedule.overrides.findLast(({ from, to }) => from <= at && at < to)
  if (override) return override.contactId
  for (const layer of [...schedule.layers].reverse()) {
    const contact = findInLayer(layer, schedule.timeZone, at)
    if (contact !== null) return contact
  }
  return null
}

function findInLayer(layer: Layer, timeZone: string, at: number): string | null {
  const start = DateTime.fromISO(layer.start, { zone: timeZone })
  const now = DateTime.fromMillis(at, { zone: timeZone })
  if (layer.contacts.length === 0 || now < start || !isWithin(layer.only, now)) return null
  return layer.contacts[countTurns(layer, start, now) % layer.contacts.length] ?? null
}

/** Whole turns since the start, on the wall clock. */
function countTurns({ turn }: Layer, start: DateTime, now: DateTime): number {
  if (turn.unit === "hour") return Math.floor(now.diff(start, "hours").hours / turn.count)
  const days = turn.count * (turn.unit === "week" ? 7 : 1)
  const guess = Math.floor(now.diff(start, "days").days / days)
  return now < start.plus({ days: guess * days }) ? guess - 1 : guess
}

/** Whether a local time lies in "from to" on one of the days; a time that passes midnight belongs to the day on which it began. */
export function isWithin(
  only: { days: readonly number[]; from: string; to: string } | undefined,
  now: DateTime,
): boolean {
  if (!only) return true
  const onDay = (day: number) => only.days.length === 0 || only.days.includes(day)
  const time = now.toFormat("HH:mm")
  if (only.from === only.to) return onDay(now.weekday)
  if (only.from < only.to) return onDay(now.weekday) && only.from <= time && time < only.to
  return (time >= only.from && onDay(now.weekday)) || (time < only.to && onDay(now.minus({ days: 1 }).weekday))
}

const MINUTE_MS = 60_000
const STEP_MS = 60 * MINUTE_MS
/** Looked ahead so far at most. */
const AHEAD_STEPS = 35 * 24

/**
 * The turn under way at `at` and the next one of somebody, to the minute; turns shorter than an hour may be left out.
 *
 * @returns null where nobody is on call within the next 35 days
 */
export function findTurns(schedule: Schedule, at: number): { now: Turn | null; next: Turn | null } {
  const turns: Turn[] = []
  let current = findOnCall(schedule, at)
  let from = at
  let t = at
  for (let step = 0; step < AHEAD_STEPS && turns.length < 2; step++) {
    const before = t
    t = at - (at % STEP_MS) + (step + 1) * STEP_MS
    const who = findOnCall(schedule, t)
    if (who === current) continue
    const changed = findChange(schedule, current, before, t)
    if (current !== null) turns.push({ contactId: current, from, until: changed })
    current = who
    from = changed
  }
  if (current !== null && turns.length < 2) turns.push({ contactId: current, from, until: t })
  const now = turns[0]?.from === at ? (turns.shift() ?? null) : null
  return { now, next: turns[0] ?? null }
}

/** The first whole minute after `from` at which somebody else than `who` is on call, and is so until `to`. */
function findChange(schedule: Schedule, who: string | null, from: number, to: number): number {
  let low = Math.floor(from / MINUTE_MS)
  let high = Math.floor(to / MINUTE_MS)
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (findOnCall(schedule, middle * MINUTE_MS) === who) low = middle
    else high = middle
  }
  return high * MINUTE_MS
}
