import type { ChannelKind, Contact, Preference, Severity } from "@ossagent/wire"
import { DateTime } from "luxon"
import { isWithin } from "./rotation.ts"

/** For contacts that said nothing, and hours of which they said nothing: told, by what there is. */
export const DEFAULT_PREFERENCE: Preference = {
  severities: [],
  days: [],
  hours: null,
  channels: ["im", "email"],
  mode: "all",
  fallbackSec: 60,
}

/** The first preference that fits severity and local time. */
export function toPreference(contact: Contact, severity: Severity, at: number): Preference {
  const now = DateTime.fromMillis(at, { zone: contact.timeZone })
  const fits = ({ severities, days, hours }: Preference): boolean =>
    (severities.length === 0 || severities.includes(severity)) &&
    isWithin({ days, from: hours?.from ?? "00:00", to: hours?.to ?? "00:00" }, now)
  return contact.preferences.find(fits) ?? DEFAULT_PREFERENCE
}

/** Where a contact is reached on a channel; null when there is no address for it. */
export function toAddress(contact: Contact, channel: ChannelKind): string | null {
  if (channel === "email") return contact.email ?? null
  if (channel === "sms") return contact.phone ?? null
  if (channel === "im") return contact.im ?? null
  return null
}
