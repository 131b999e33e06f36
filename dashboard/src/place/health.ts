import type { Alarm } from "@ossagent/wire"
import type { Place } from "../catalog/entries.ts"
import type { Tone } from "../piece/badge.tsx"
import type { IconName } from "../piece/icon.tsx"
import { formatSpan } from "../time/clock.ts"

export interface Health {
  state: "critical" | "warning" | "info" | "silent" | "healthy"
  tone: Tone
  icon: IconName
  /** The state in words. */
  text: string
  alarms: Alarm[]
}

/** An agent sends each second: so long without anything is not chance. */
export const SILENT_MS = 30_000

const LOOKS = { critical: ["bad", "critical"], warning: ["warn", "warning"], info: ["info", "info"] } as const

/** From its open alarms, else from how long ago it was heard. `now` 0: not known yet. */
export function healthOf(
  place: Pick<Place, "service" | "subsystem" | "lastSeen">,
  open: readonly Alarm[],
  now: number,
): Health {
  const alarms = open.filter(({ group, state, silencedBy }) => {
    if (state === "resolved" || state === "pending" || silencedBy !== null) return false
    return group.service === place.service && (group.subsystem === undefined || group.subsystem === place.subsystem)
  })
  for (const severity of ["critical", "warning", "info"] as const) {
    const count = alarms.filter((alarm) => alarm.severity === severity).length
    if (count === 0) continue
    const [tone, icon] = LOOKS[severity]
    return { state: severity, tone, icon, text: `${count} ${severity}`, alarms }
  }
  const silentMs = now === 0 ? 0 : now - place.lastSeen
  if (silentMs > SILENT_MS)
    return { state: "silent", tone: "plain", icon: "mute", text: `silent for ${formatSpan(silentMs)}`, alarms }
  return { state: "healthy", tone: "ok", icon: "check", text: "healthy", alarms }
}
