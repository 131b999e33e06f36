import { type Every, type Log, startEvery } from "../loop/every.ts"
import type { OptionalGuardClient } from "./generated/guard.client.ts"
import type { BeatRequestInit } from "./generated/guard.codec.ts"
import type { Holds } from "./holds.ts"

const BEAT_MS = 2_000

/** What is told with a beat; taken when the beat goes out, given back when it did not arrive. */
export interface News {
  take: () => BeatRequestInit
  back: (news: BeatRequestInit) => void
}

interface BeatParts {
  guard: OptionalGuardClient
  run: string
  log: Log
  holds: Holds
  news: News
  /** Guard has what was told; `anew`: something else is in force than before. */
  onHeard: (anew: boolean) => void
  /** Guard did not answer. */
  onAway: () => void
}

/** Asks guard each two seconds what is in force, at once when woken; goes on with what is known while guard is away. */
export function startBeat({ guard, run, log, holds, news, onHeard, onAway }: BeatParts): Every {
  let away = false
  const every = startEvery({ name: "guard", everyMs: BEAT_MS, log }, async () => {
    const told = news.take()
    const answer = await guard.beat({ run, etag: holds.etag, ...told })
    if (!answer.ok) {
      news.back(told)
      if (!away) log.warn({ why: answer.why.message }, "guard does not answer: what is known of it holds")
      away = true
      return onAway()
    }
    if (away) log.info("guard is back")
    away = false
    const { etag, same, force } = answer.reply
    if (!same) holds.take(etag, force)
    onHeard(!same)
  })
  every.wake()
  return every
}
