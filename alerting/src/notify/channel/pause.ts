import { type Channel, ChannelError } from "./channel.ts"

const FIRST_MS = 1_000
const MOST_MS = 30_000
/** A peer that stalls must not take every worker. */
const MOST_AT_ONCE = 4
const BUSY_MS = 250

export interface PacedChannel extends Channel {
  /** 0: may be asked now. Else how long to leave it alone, and why. */
  wait: () => { ms: number; why: string; away: boolean }
}

/**
 * Keeps a channel from being asked while it asked for a pause, or while its other side is away: then one message tries after 1, 2, 4 …
 * at most 30 s, and the others wait for what comes of it.
 *
 * @param now ms that never go back
 */
export function withPause(channel: Channel, now: () => number): PacedChannel {
  let pausedUntil = 0
  let failures = 0
  let why = ""
  let away = false
  let underWay = 0
  let failedAt = Number.NEGATIVE_INFINITY
  /** Messages that were under way together fail together: that is one failure. */
  const pause = (error: ChannelError, startedAt: number): void => {
    if (startedAt <= failedAt && error.retryAfterMs === null) return
    failedAt = now()
    const waitMs = Math.max(error.retryAfterMs ?? 0, Math.min(MOST_MS, FIRST_MS * 2 ** failures))
    pausedUntil = Math.max(pausedUntil, now() + waitMs)
    failures = Math.min(failures + 1, 10)
    why = error.message
    away = error.away
  }
  const recover = (): void => {
    failures = 0
    pausedUntil = 0
    away = false
  }
  return {
    ...channel,
    trouble: () => (away ? why : (channel.trouble?.() ?? null)),
    wait: () => {
      const left = pausedUntil - now()
      if (left > 0) return { ms: left, why, away }
      const tried = underWay >= (failures > 0 ? 1 : MOST_AT_ONCE)
      return tried ? { ms: BUSY_MS, why: why || "others are being sent", away } : { ms: 0, why: "", away: false }
    },
    send: async (message, signal) => {
      underWay++
      const startedAt = now()
      try {
        const taken = await channel.send(message, signal)
        recover()
        return taken
      } catch (error) {
        if (error instanceof ChannelError && error.retry && (error.away || error.retryAfterMs !== null))
          pause(error, startedAt)
        throw error
      } finally {
        underWay--
      }
    },
  }
}
