/** Why people are not told of an alarm although it fires: evaluated each time, so that nothing is forgotten when the reason ends. */

import { findEnd } from "../oncall/maintenance.ts"
import { type Facts, matchesAll, toValue } from "../oncall/matcher.ts"
import type { Known } from "../oncall/world.ts"

export interface Quietable extends Facts {
  id: string
  title: string
  silencedBy: string | null
}

export type Quiet =
  | { by: "silence"; id: string; why: string }
  | { by: "inhibition"; id: string; why: string }
  | { by: "maintenance"; id: string; why: string }

export interface Reasons {
  inhibitions: readonly Known<"inhibition">[]
  /** Every alarm that fires: may be the cause of another. */
  firing: readonly Quietable[]
  maintenances: readonly Known<"maintenance">[]
  now: number
}

/** The first reason to be quiet about an alarm; null: people are to be told. */
export function findQuiet(alarm: Quietable, reasons: Reasons): Quiet | null {
  return findInhibition(alarm, reasons) ?? findSilence(alarm) ?? findMaintenance(alarm, reasons)
}

function findSilence({ silencedBy }: Quietable): Quiet | null {
  return silencedBy === null ? null : { by: "silence", id: silencedBy, why: `silenced by ${silencedBy}` }
}

function findInhibition(alarm: Quietable, { inhibitions, firing }: Reasons): Quiet | null {
  for (const { name, source, target, equal } of inhibitions) {
    if (!matchesAll(alarm, target)) continue
    const isCause = (other: Quietable): boolean =>
      other.id !== alarm.id &&
      matchesAll(other, source) &&
      equal.every((dim) => toValue(other, dim) === toValue(alarm, dim))
    const cause = firing.find(isCause)
    if (cause) return { by: "inhibition", id: cause.id, why: `${name}: alarm ${cause.id}, ${cause.title}` }
  }
  return null
}

function findMaintenance(alarm: Quietable, { maintenances, now }: Reasons): Quiet | null {
  for (const maintenance of maintenances) {
    const end = matchesAll(alarm, maintenance.matchers) ? findEnd(maintenance, now) : null
    if (end !== null)
      return {
        by: "maintenance",
        id: maintenance.id,
        why: `maintenance ${maintenance.name}, until ${new Date(end).toISOString().slice(0, 16)}Z`,
      }
  }
  return null
}
