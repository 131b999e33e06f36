import type { Zone } from "./clock.ts"

/** The value of a date and time field, which knows no zone. */
export function toField(at: number, zone: Zone): string {
  const offset = zone === "utc" ? 0 : new Date(at).getTimezoneOffset() * 60_000
  return new Date(at - offset).toISOString().slice(0, 19)
}

/** Unix ms; null when it is no time. */
export function fromField(text: string, zone: Zone): number | null {
  const at = Date.parse(zone === "utc" ? `${text}Z` : text)
  return Number.isFinite(at) ? at : null
}
