/** Days of the week as documents number them. */
export const DAYS = [
  { value: 1, label: "Mon" },
  { value: 2, label: "Tue" },
  { value: 3, label: "Wed" },
  { value: 4, label: "Thu" },
  { value: 5, label: "Fri" },
  { value: 6, label: "Sat" },
  { value: 7, label: "Sun" },
] as const

/** `Mon–Fri`, `Sat, Sun`; empty or all: `every day`. */
export function describeDays(days: readonly number[]): string {
  const on = DAYS.filter(({ value }) => days.includes(value))
  const [first] = on
  const last = on.at(-1)
  if (!first || !last || on.length === DAYS.length) return "every day"
  const isRun = on.length > 2 && last.value - first.value === on.length - 1
  return isRun ? `${first.label}–${last.label}` : on.map(({ label }) => label).join(", ")
}

/** `4 h`, `90 min`, `2 d`: exact, in the largest unit that divides it. */
export function describeMinutes(minutes: number): string {
  if (minutes > 0 && minutes % 1_440 === 0) return `${minutes / 1_440} d`
  return minutes > 0 && minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`
}

/** `2 Nov 2026 09:00` of a document's local time, in whose zone it is. */
export function describeLocal(local: string): string {
  const at = Date.parse(`${local}:00Z`)
  if (!Number.isFinite(at)) return local
  const options = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const
  return `${new Intl.DateTimeFormat("en-GB", options).format(at)} ${local.slice(11)}`
}

/** The value of a local time, now in that zone and rounded down to the hour. */
export function localNow(zone: string, now: number): string {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  }).format(now)
  return `${parts.slice(0, 10)}T${parts.slice(11, 13)}:00`
}
