import type { Incident } from "@ossagent/wire"

export const incidentHref = (id: string): string => `/incidents/${encodeURIComponent(id)}`

/** `3 alarms, 2 open`. */
export function describeAlarms({ alarms, openAlarms }: Pick<Incident, "alarms" | "openAlarms">): string {
  const all = `${alarms.toLocaleString("en")} ${alarms === 1 ? "alarm" : "alarms"}`
  return openAlarms === alarms ? all : `${all}, ${openAlarms.toLocaleString("en")} open`
}

const RANK = { critical: 0, warning: 1, info: 2 }

/** What needs somebody stands first: firing and not quiet, then by severity, then the newest. */
export const byUrgency = (a: Incident, b: Incident): number =>
  Number(isCalm(a)) - Number(isCalm(b)) || RANK[a.severity] - RANK[b.severity] || b.startedAt - a.startedAt

const isCalm = ({ state, quiet }: Incident): boolean => state !== "firing" || quiet !== null

/** Where the policy stands: `policy Everyone, step 1, next at …` without the time; null when no policy has it. */
export function describePolicy({ policyName, step }: Pick<Incident, "policyName" | "step">): string | null {
  if (policyName === null) return null
  return step === 0 ? `${policyName}, nobody told yet` : `${policyName}, step ${step} taken`
}
