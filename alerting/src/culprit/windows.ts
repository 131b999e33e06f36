import type { Alarm } from "@ossagent/wire"

/** A stretch of time, Unix seconds, whole minutes: older times are kept by the minute. */
export interface Window {
  to: number
  sec: number
}

const MINUTE = 60
const LONGEST_SEC = 30 * MINUTE
const BEFORE_SEC = 10 * MINUTE
const DAY_SEC = 86_400
/** What led to the alarm lies before it began: a rule looks at a window. */
const LEAD_SEC = 60

/** What is wrong: from a minute before the alarm began until now, at least a minute, at most the last 30. */
export function toActual(alarm: Pick<Alarm, "startedAt">, now: number): Window {
  const to = Math.floor(now / 1000)
  const since = Math.floor(alarm.startedAt / 1000) - LEAD_SEC
  return { to, sec: Math.min(LONGEST_SEC, Math.max(MINUTE, to - since)) }
}

/** What it is compared with, the best first: the minutes before it, the same time a day ago, and a week ago. */
export function toBaselines(alarm: Pick<Alarm, "startedAt">, now: number): Window[] {
  const { to, sec } = toActual(alarm, now)
  const whole = Math.ceil(sec / MINUTE) * MINUTE
  const begin = Math.floor((Math.min(to - sec, alarm.startedAt / 1000 - LEAD_SEC) - 1) / MINUTE) * MINUTE
  const ago = (days: number): Window => ({ to: Math.ceil(to / MINUTE) * MINUTE - days * DAY_SEC, sec: whole })
  return [{ to: begin, sec: BEFORE_SEC }, ago(1), ago(7)]
}
