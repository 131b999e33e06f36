import type { Layer } from "@ossagent/wire"
import { describeDays, describeLocal } from "../time/days.ts"

/** `Ann, Ben: a week each, from 2 Nov 2026 09:00; only Mon–Fri 08:00–18:00`. */
export function describeLayer({ contacts, start, turn, only }: Layer, nameOf: (id: string) => string): string {
  const names = contacts.map(nameOf).join(", ")
  const length = turn.count === 1 ? `${turn.unit === "hour" ? "an" : "a"} ${turn.unit}` : `${turn.count} ${turn.unit}s`
  const times = only ? `; only ${describeDays(only.days)} ${only.from}–${only.to}` : ""
  return `${names}: ${length}${contacts.length > 1 ? " each" : ""}, from ${describeLocal(start)}${times}`
}
