import type { Logger } from "pino"
import { z } from "zod"
import type { Config } from "../config.ts"
import { limit } from "../upstream/limit.ts"
import { hostOf, toReachable } from "./reach.ts"

const AGAIN_MS = 15_000
const FIRST_AGAIN_MS = 2_000
const ASK_MS = 3_000
const KEPT_MS = 3_600_000
const MOST_KEPT = 64
const ANSWER = z.object({ addresses: z.array(z.object({ ws: z.url({ protocol: /^wss?$/ }) })).max(16) })

export interface ChatPlaces {
  /** Sources of a policy: dispatch, and the accesses it named within the last hour. None where there is no IM. */
  sourcesFor: (hostHeader: string) => readonly string[]
  stop: () => void
}

/** Learns from dispatch where the chat page will connect, for the policy of every page has to name it. Accesses come and go: asked again and again. */
export function watchChatPlaces({ chatDispatchUrl: dispatch, chatAppKey: appKey }: Config, log: Logger): ChatPlaces {
  if (dispatch === undefined || appKey === undefined) return { sourcesFor: () => [], stop: () => undefined }
  const heardAt = new Map<string, number>()
  const stopping = new AbortController()
  let said = ""

  const learn = async (): Promise<void> => {
    const signal = limit(stopping.signal, ASK_MS)
    const answer = await fetch(`${dispatch}/v1/access`, { headers: { "x-app-key": appKey }, signal })
    if (!answer.ok) throw new Error(`dispatch answered ${answer.status}`)
    const { addresses } = ANSWER.parse(await answer.json())
    for (const { ws } of addresses) {
      heardAt.delete(ws)
      heardAt.set(ws, Date.now())
    }
    for (const [ws, at] of heardAt) if (heardAt.size > MOST_KEPT || Date.now() - at > KEPT_MS) heardAt.delete(ws)
  }
  const round = async (): Promise<void> => {
    try {
      await learn()
      said = ""
    } catch (error) {
      const { message } = error as Error
      if (message !== said && !stopping.signal.aborted)
        log.warn({ step: "chat", why: message }, "cannot learn where the IM is")
      said = message
    }
    if (!stopping.signal.aborted) setTimeout(() => void round(), heardAt.size === 0 ? FIRST_AGAIN_MS : AGAIN_MS).unref()
  }
  void round() // never rejects

  return {
    sourcesFor: (header) => {
      const host = hostOf(header)
      return [...new Set([dispatch, ...heardAt.keys()].map((one) => new URL(toReachable(one, host)).origin))]
    },
    stop: () => stopping.abort(),
  }
}
