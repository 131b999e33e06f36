import type { ChannelKind, Contact, Preference } from "@ossagent/wire"
import { CHANNEL_NAMES } from "../message/words.ts"
import { describeDays } from "../time/days.ts"

/** Ways that lead to a person; the others are places of their own. */
export const PERSONAL: readonly ChannelKind[] = ["im", "email", "sms"]

/** What the product does for those who said nothing. */
export const NO_PREFERENCE = "told by IM and e-mail at once, at every hour, as far as there is an address"

/** `critical, Mon–Fri 08:00–20:00: IM, then SMS after 60 s`. */
export function describePreference({ severities, days, hours, channels, mode, fallbackSec }: Preference): string {
  const what = severities.length === 0 ? "any severity" : severities.join(", ")
  const when = [describeDays(days), hours ? `${hours.from}–${hours.to}` : ""].filter(Boolean).join(" ")
  const names = channels.map((kind) => CHANNEL_NAMES[kind])
  const after = `, each after ${fallbackSec} s without delivery`
  const how =
    names.length === 0
      ? "not told"
      : mode === "all" || names.length === 1
        ? names.join(" and ")
        : `${names.join(", then ")}${after}`
  return `${what}, ${when}: ${how}`
}

/** Where a contact can be reached: `ann@example.test · +49… · IM ann`. */
export const describeAddresses = ({ email, phone, im }: Contact): string =>
  [email, phone, im ? `IM ${im}` : undefined].filter(Boolean).join(" · ")

export const LANGUAGES = [
  { value: "en", label: "English" },
  { value: "zh", label: "中文" },
] as const
