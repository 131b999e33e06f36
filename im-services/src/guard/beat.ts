import type { RpcDoor } from "@ossagent/svrkit"
import { type Every, type Log, startEvery } from "../loop/every.ts"
import { createGuardClient } from "./generated/guard.client.ts"
import type { BeatRequestInit } from "./generated/guard.codec.ts"
import { GUARD } from "./generated/guard.table.ts"
import type { Holds } from "./holds.ts"

const BEAT_MS = 2_000
const TIMEOUT_MS = 1_000

/** What is told with a beat; taken when the beat goes out, given back when it did not arrive. */
export interface News {
  take: () => BeatRequestInit
  back: (news: BeatRequestInit) => void
}

interface BeatParts {
  rpc: Pick<RpcDoor, "channel">
  targets: readonly string[]
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
export function startBeat({ rpc, targets, run, log, holds, news, onHeard, onAway }: BeatParts): Every {
  const guard = createGuardClient(rpc.channel(GUARD, targets))
  let away = false
  const every = startEvery({ name: "guard", everyMs: BEAT_MS, log }, async () => {
    const told = news.take()
    try {
      const { etag, same, force } = await guard.beat({ run, etag: holds.etag, ...told }, { timeoutMs: TIMEOUT_MS })
      if (away) log.info("guard is back")
      away = false
      if (!same) holds.take(etag, force)
      onHeard(!same)
    } catch (error) {
      news.back(told)
      if (!away) log.warn({ why: (error as Error).message }, "guard does not answer: what is known of it holds")
      away = true
      onAway()
    }
  })
  every.wake()
  return every
}
