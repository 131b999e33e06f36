/** What is due with an incident now: first telling, next step, repeat, an acknowledgement that has run out. Pure; one policy at a time. */
import type { IncidentState, Policy } from "@ossagent/wire"
import type { Progress } from "../database/types.ts"

export interface Standing {
  state: Exclude<IncidentState, "resolved">
  acknowledgedAt: number | null
  /** How often people were told of this incident, by any policy. */
  tellings: number
}

export type Due =
  | { act: "step"; kind: "firing" | "escalated"; targets: Policy["steps"][number]["targets"]; progress: Progress }
  | { act: "repeat"; kind: "repeated"; targets: Policy["steps"][number]["targets"]; progress: Progress }
  | { act: "reopen"; progress: Progress }
  | { act: "nothing"; progress: Progress }

const MIN_MS = 60_000
/** Least wait before a policy begins anew. */
const LEAST_ROUND_MIN = 1

/**
 * @param progress how far this policy has gone
 * @param now Unix ms
 */
export function toDue(incident: Standing, policy: Policy, progress: Progress, now: number): Due {
  if (progress.nextAt === null || progress.nextAt > now) return { act: "nothing", progress }
  if (incident.state === "acknowledged") return toDueAcknowledged(incident, policy, progress, now)
  const step = policy.steps[progress.step]
  if (step) return toStep(incident, policy, progress, now)
  if (progress.round < policy.rounds)
    return toStep(incident, policy, { ...progress, step: 0, round: progress.round + 1 }, now)
  return toRepeat(policy, progress, now)
}

function toStep(incident: Standing, policy: Policy, progress: Progress, now: number): Due {
  const { targets } = policy.steps[progress.step] as Policy["steps"][number]
  const step = progress.step + 1
  const next = { ...progress, step, nextAt: toNextAt(policy, step, progress.round, now) }
  const first = incident.tellings === 0 || (progress.step === 0 && progress.round === 0)
  return { act: "step", kind: first ? "firing" : "escalated", targets, progress: next }
}

function toNextAt(policy: Policy, step: number, round: number, now: number): number | null {
  const following = policy.steps[step]
  if (following) return now + following.afterMin * MIN_MS
  if (round < policy.rounds) {
    const waited = policy.steps.at(-1)?.afterMin ?? 0
    return now + Math.max(LEAST_ROUND_MIN, waited) * MIN_MS
  }
  return policy.repeatMin > 0 ? now + policy.repeatMin * MIN_MS : null
}

function toRepeat(policy: Policy, progress: Progress, now: number): Due {
  if (policy.repeatMin === 0) return { act: "nothing", progress: { ...progress, nextAt: null } }
  const targets = policy.steps.slice(0, progress.round > 0 ? undefined : progress.step).flatMap((step) => step.targets)
  return {
    act: "repeat",
    kind: "repeated",
    targets,
    progress: { ...progress, nextAt: now + policy.repeatMin * MIN_MS },
  }
}

function toDueAcknowledged({ acknowledgedAt }: Standing, policy: Policy, progress: Progress, now: number): Due {
  const over = policy.ackMin > 0 ? (acknowledgedAt ?? now) + policy.ackMin * MIN_MS : null
  if (over !== null && now >= over) return { act: "reopen", progress: { ...progress, step: 0, round: 0, nextAt: now } }
  const repeat = toRepeat(policy, progress, now)
  const nextAt = toEarliest([repeat.progress.nextAt, over])
  return { ...repeat, progress: { ...repeat.progress, nextAt } }
}

/** When an acknowledged incident is looked at again; null: never. */
export function toNextAfterAck(policy: Policy, now: number): number | null {
  const repeat = policy.repeatMin > 0 ? now + policy.repeatMin * MIN_MS : null
  const over = policy.ackMin > 0 ? now + policy.ackMin * MIN_MS : null
  return toEarliest([repeat, over])
}

export function toEarliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null)
  return known.length > 0 ? Math.min(...known) : null
}
