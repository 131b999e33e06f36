import { setMaxListeners } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { toBusy } from "./curve.ts"

/** The day begins at six in the morning and ends at six in the next. */
export const FIRST_HOUR = 6
export const LAST_HOUR = 30

/** A day that takes `daySec`; hours are simulated, all else is real time. */
export interface Day {
  daySec: number
  /** 6 to 30. */
  hour: () => number
  /** 0 to 1. */
  busy: () => number
  /** False when the day ended before it. */
  until: (hour: number) => Promise<boolean>
  /** A pause in real time; false when the day ended meanwhile. */
  pause: (ms: number) => Promise<boolean>
  /** Aborted when it is over. */
  signal: AbortSignal
}

/**
 * Begins now.
 *
 * @param ending ends it early
 * @param now ms of a clock that only rises
 */
export function createDay(daySec: number, ending: AbortSignal, now: () => number): Day {
  const from = now()
  const over = new AbortController()
  const { signal } = over
  setMaxListeners(0, signal) // everybody's pauses end with it
  // Not `AbortSignal.any` with a timeout: in Node 20 its parts may be collected as garbage before they fire.
  const late = setTimeout(() => over.abort(), daySec * 1_000)
  const end = (): void => {
    clearTimeout(late)
    over.abort()
  }
  if (ending.aborted) end()
  else ending.addEventListener("abort", end, { once: true, signal })
  const hour = (): number => Math.min(LAST_HOUR, FIRST_HOUR + ((now() - from) / 1_000 / daySec) * 24)
  const pause = (ms: number): Promise<boolean> =>
    sleep(Math.max(0, ms), true, { signal }).catch((error: Error) => {
      if (error.name !== "AbortError") throw error
      return false
    })
  return {
    daySec,
    hour,
    busy: () => toBusy(hour()),
    until: (wanted) => pause((((wanted - hour()) / 24) * daySec + 0.01) * 1_000),
    pause,
    signal,
  }
}

/** `9.5` → `09:30`; hours beyond 24 are those of the next day. */
export function toClock(hour: number): string {
  const minutes = Math.floor(hour * 60) % 1_440
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`
}
