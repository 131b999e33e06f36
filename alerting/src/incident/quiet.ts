/** Why people are not told of an alarm although it fires: evaluated each time, so that nothing is forgotten when the reason ends. */

import { findEnd } from "../oncall/maintenance.ts"
import { type Facts, matchesAll, toValue } from "../oncall/matcher.ts"
import type { Known, World } from "../oncall/world.ts"

export interface Quietable extends Facts {
  id: string
  title: string
  silencedBy: string | null
}

export type Quiet =
  | { by: "silence"; id: string; why: string }
  | { by: "inhibition"; id: string; why: string }
  | { by: "maintenance"; id: string; why: string }

interface Cause {
  name: string
  target: Known<"inhibition">["target"]
  equal: readonly string[]
  /** By their values of the equal dimensions: the first two, for an alarm is not its own cause. */
  alarms: Map<string, Quietable[]>
}

/** What there is to be quiet for at one moment, found once for all alarms. */
export interface Reasons {
  causes: readonly Cause[]
  maintenances: readonly { maintenance: Known<"maintenance">; end: number }[]
}

/** @param firing every alarm that fires: may be the cause of another */
export function toReasons(
  world: Pick<World, "inhibition" | "maintenance">,
  firing: readonly Quietable[],
  now: number,
): Reasons {
  const maintenances = [...world.maintenance.values()].flatMap((maintenance) => {
    const end = findEnd(maintenance, now)
    return end === null ? [] : [{ maintenance, end }]
  })
  return { causes: [...world.inhibition.values()].map((one) => toCause(one, firing)), maintenances }
}

function toCause({ name, source, target, equal }: Known<"inhibition">, firing: readonly Quietable[]): Cause {
  const alarms = new Map<string, Quietable[]>()
  for (const alarm of firing) {
    if (!matchesAll(alarm, source)) continue
    const key = toKey(alarm, equal)
    const known = alarms.get(key)
    if (!known) alarms.set(key, [alarm])
    else if (known.length < 2) known.push(alarm)
  }
  return { name, target, equal, alarms }
}

const toKey = (alarm: Quietable, dims: readonly string[]): string =>
  JSON.stringify(dims.map((dim) => toValue(alarm, dim)))

/** The first reason to be quiet about an alarm; null: people are to be told. */
export function findQuiet(alarm: Quietable, reasons: Reasons): Quiet | null {
  return findInhibition(alarm, reasons) ?? findSilence(alarm) ?? findMaintenance(alarm, reasons)
}

function findSilence({ silencedBy }: Quietable): Quiet | null {
  return silencedBy === null ? null : { by: "silence", id: silencedBy, why: `silenced by ${silencedBy}` }
}

function findInhibition(alarm: Quietable, { causes }: Reasons): Quiet | null {
  for (const { name, target, equal, alarms } of causes) {
    if (alarms.size === 0 || !matchesAll(alarm, target)) continue
    const cause = alarms.get(toKey(alarm, equal))?.find(({ id }) => id !== alarm.id)
    if (cause) return { by: "inhibition", id: cause.id, why: `${name}: alarm ${cause.id}, ${cause.title}` }
  }
  return null
}

function findMaintenance(alarm: Quietable, { maintenances }: Reasons): Quiet | null {
  const found = maintenances.find(({ maintenance }) => matchesAll(alarm, maintenance.matchers))
  if (!found) return null
  const { maintenance, end } = found
  const until = new Date(end).toISOString().slice(0, 16)
  return { by: "maintenance", id: maintenance.id, why: `maintenance ${maintenance.name}, until ${until}Z` }
}
