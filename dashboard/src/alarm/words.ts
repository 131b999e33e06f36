import type { Alarm } from "@ossagent/wire"
import { metricHref } from "../catalog/links.ts"

const BEFORE_MS = 30 * 60_000
const AFTER_MS = 10 * 60_000

/** The stretch around an alarm: half an hour before it began until a while after it ended, or until now. Unix ms. */
export function aroundAlarm({ startedAt, resolvedAt }: Alarm, now: number): { from: number; to: number } {
  return { from: startedAt - BEFORE_MS, to: Math.min(now, (resolvedAt ?? now) + AFTER_MS) }
}

/** `service shop · subsystem checkout`; the order of the group. */
export const describeGroup = (alarm: Alarm): string =>
  Object.entries(alarm.group)
    .map(([dim, value]) => `${dim.replace(/^label\./, "")} ${value || "(none)"}`)
    .join(" · ")

/** Where its metric can be looked at; null for what is about no metric. */
export function alarmMetricHref(alarm: Alarm, now: number): string | null {
  if (!alarm.metric) return null
  const { from, to } = aroundAlarm(alarm, now)
  return metricHref(alarm.metric, { ...alarm.group, stat: alarm.stat, range: `${Math.floor(from)}..${Math.ceil(to)}` })
}
