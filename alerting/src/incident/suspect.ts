import type { Culprit, Detection, Severity } from "@ossagent/wire"

export interface Suspicious {
  id: string
  severity: Severity
  detection: Detection
  score: number
  startedAt: number
  title: string
}

/** Alarms that begin within this time of each other begin together: what came first says nothing. */
const TOGETHER_MS = 30_000
const RANK: Record<Severity, number> = { critical: 2, warning: 1, info: 0 }
/** What says most about a cause comes first: a service that is gone, a new exception, then promises broken, then mere oddity. */
const TELLING: Record<Detection, number> = {
  absence: 7,
  release: 6,
  exception: 6,
  burn: 5,
  ratio: 5,
  threshold: 4,
  change: 3,
  versions: 3,
  history: 2,
}

/** The alarm that people should look at first: the earliest, then the gravest, then the most telling, then the furthest out. */
export function findSuspect<A extends Suspicious>(alarms: readonly A[]): A | null {
  const first = alarms.reduce((least, { startedAt }) => Math.min(least, startedAt), Number.POSITIVE_INFINITY)
  const early = alarms.filter(({ startedAt }) => startedAt - first <= TOGETHER_MS)
  const rank = (alarm: A): number[] => [RANK[alarm.severity], TELLING[alarm.detection], alarm.score, -Number(alarm.id)]
  return early.reduce<A | null>((best, one) => (best === null || isMore(rank(one), rank(best)) ? one : best), null)
}

function isMore(a: readonly number[], b: readonly number[]): boolean {
  const i = a.findIndex((value, at) => value !== b[at])
  return i >= 0 && (a[i] as number) > (b[i] as number)
}

/** The first line: what is wrong, who is guilty, how much more there is. */
export function toTitle(suspect: Pick<Suspicious, "title">, culprit: Culprit | null, alarms: number): string {
  const more = alarms > 1 ? ` (and ${alarms - 1} more ${alarms === 2 ? "alarm" : "alarms"})` : ""
  return `${suspect.title}${culprit ? `: ${culprit.text}` : ""}${more}`
}

export const toGravest = (severities: readonly Severity[]): Severity =>
  severities.reduce<Severity>((most, one) => (RANK[one] > RANK[most] ? one : most), "info")

export const isGraver = (a: Severity, b: Severity): boolean => RANK[a] > RANK[b]
