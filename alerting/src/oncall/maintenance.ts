import type { Maintenance } from "@ossagent/wire"
import { DateTime } from "luxon"

/**
 * Until when a maintenance under way at `at` lasts (Unix ms); null when it is not under way. One of 02:00 that the clocks leave out is
 * held an hour later, as the calendar says.
 */
export function findEnd(maintenance: Maintenance, at: number): number | null {
  const { timeZone: zone, start, durationMin, repeat, days, until } = maintenance
  const first = DateTime.fromISO(start, { zone })
  const now = DateTime.fromMillis(at, { zone })
  if (now < first) return null
  if (repeat === "none") return toEnd(first, durationMin, at)
  const daysBack = Math.ceil(durationMin / 1_440)
  for (let back = 0; back <= daysBack; back++) {
    const day = now.minus({ days: back })
    const begin = first.set({ year: day.year, month: day.month, day: day.day })
    const isOn = repeat === "daily" || days.includes(begin.weekday)
    if (!isOn || begin < first || (until !== undefined && begin.toFormat("yyyy-MM-dd") > until)) continue
    const end = toEnd(begin, durationMin, at)
    if (end !== null) return end
  }
  return null
}

function toEnd(begin: DateTime, durationMin: number, at: number): number | null {
  const end = begin.toMillis() + durationMin * 60_000
  return begin.toMillis() <= at && at < end ? end : null
}
