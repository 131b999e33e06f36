/** Whether alerting is alive, as its own door tells it, and what that means. Pure. */

/** What `GET /v1/pulse` answers. Times in Unix ms, by the clock of the answering process. */
export interface Pulse {
  now: number
  /** When somebody last looked at rules; null: never. */
  lookedAt: number | null
  /** When the oldest message that should be out was written; null: nothing waits. */
  oldestMessageAt: number | null
}

export interface PulseLimits {
  /** Without a look for so long alerting is silent. */
  silentMs: number
  /** A message that has waited for so long is stuck. */
  stuckMs: number
}

/** What is wrong, in words; null: all is well. `pulses` has null for a process that did not answer. */
export function findTrouble(pulses: readonly (Pulse | null)[], { silentMs, stuckMs }: PulseLimits): string | null {
  const alive = pulses.filter((pulse) => pulse !== null)
  if (alive.length === 0) return "no alerting process answers"
  const looks = alive.map(({ now, lookedAt }) => (lookedAt === null ? Number.POSITIVE_INFINITY : now - lookedAt))
  const sinceLook = Math.min(...looks)
  if (sinceLook > silentMs)
    return Number.isFinite(sinceLook) ? `nobody has looked at rules for ${toSec(sinceLook)} s` : "nobody looks at rules"
  const waits = alive.map(({ now, oldestMessageAt }) => (oldestMessageAt === null ? 0 : now - oldestMessageAt))
  const waited = Math.max(...waits)
  return waited > stuckMs ? `a message has waited for ${toSec(waited)} s` : null
}

const toSec = (ms: number): number => Math.round(ms / 1_000)

export interface Standing {
  /** Since when there is trouble, Unix ms; null: all is well. */
  since: number | null
  /** When it was last told; null: it was not. */
  toldAt: number | null
}

export type News = "trouble" | "over" | null

export const CALM: Standing = { since: null, toldAt: null }

/** What is to be told now. Trouble is told after it has lasted, and again from time to time; its end once, when it was told. */
export function toNews(
  { since, toldAt }: Standing,
  trouble: boolean,
  now: number,
  { afterMs, repeatMs }: { afterMs: number; repeatMs: number },
): { news: News; standing: Standing } {
  if (!trouble) return { news: toldAt === null ? null : "over", standing: CALM }
  const began = since === null || since > now ? now : since
  const last = toldAt !== null && toldAt > now ? now : toldAt
  if (now - began < afterMs) return { news: null, standing: { since: began, toldAt: last } }
  if (last !== null && now - last < repeatMs) return { news: null, standing: { since: began, toldAt: last } }
  return { news: "trouble", standing: { since: began, toldAt: now } }
}
