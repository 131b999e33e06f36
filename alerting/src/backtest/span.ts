const DAY_SEC = 86_400
/** After so long only minutes are kept, and only hours. */
const SECONDS_KEPT_SEC = DAY_SEC
const MINUTES_KEPT_SEC = 35 * DAY_SEC
const MOST_STEPS = 15_000
/** Steps of one question. */
const STEPS_A_PART = 1_000

/** A stretch of time in equal steps; Unix seconds, whole steps. */
export interface Span {
  from: number
  steps: number
  stepSec: number
}

export interface Wanted {
  /** Unix ms. */
  from: number
  to: number
  now: number
  /** The shortest window that is looked at. */
  windowSec: number
  /** How far before `from` figures are needed. */
  backSec: number
}

/** Steps as long as the window, or as the tables still tell apart, or as there is time for. */
export function toSpan({ from, to, now, windowSec, backSec }: Wanted): Span {
  const ageSec = (now - from) / 1000 + backSec
  const kept = ageSec >= MINUTES_KEPT_SEC - DAY_SEC ? 3_600 : ageSec >= SECONDS_KEPT_SEC - 3_600 ? 60 : 1
  const least = Math.max(windowSec, (to - from) / 1000 / MOST_STEPS)
  const stepSec = Math.ceil(least / kept) * kept
  const begin = Math.floor(from / 1000 / stepSec) * stepSec
  return { from: begin, stepSec, steps: Math.max(1, Math.floor((to / 1000 - begin) / stepSec)) }
}

/** The span in parts of which each is one question to a table. */
export function* toParts({ from, steps, stepSec }: Span): Generator<Span> {
  for (let done = 0; done < steps; done += STEPS_A_PART)
    yield { from: from + done * stepSec, steps: Math.min(STEPS_A_PART, steps - done), stepSec }
}
