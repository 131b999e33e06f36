import { setTimeout as sleep } from "node:timers/promises"
import { RpcError } from "@ossagent/svrkit/rpc"
import { type Result, Stored } from "../mailbox/generated/mailbox.codec.ts"
import type { MailboxRoute } from "../mailbox/route.ts"
import { type Step, toAppends, toMarkers } from "./plan.ts"
import type { AsyncPoints } from "./points.ts"

const FIRST_WAIT_MS = 50
const MOST_WAIT_MS = 2_000
/** What no further try can mend. */
const FINAL = new Set(["bad_request", "too_large"])

interface Parts {
  route: MailboxRoute
  points: AsyncPoints
  random: () => number
}

/** Carries out steps. */
export function createDelivery({ route, points, random }: Parts) {
  const count = (results: readonly Result[]): void => {
    for (const { outcome } of results) {
      if (outcome === Stored.stored) points.stored.inc()
      else if (outcome === Stored.repeated) points.repeated.inc()
      else points.skipped.inc() // a recall of what a member never got
    }
  }

  const calls = (step: Step): (() => Promise<void>)[] =>
    "message" in step
      ? toAppends(step.message, route.setOf).map(({ set, request }) => async () => {
          count((await route.clientOfSet(set).append(request)).results)
        })
      : toMarkers(step.marker, route.setOf).map(({ set, request }) => async () => {
          count((await route.clientOfSet(set).putChanges(request)).results)
        })

  /** Again and again, with growing waits, until it is done or is not to go on. */
  const persist = async (call: () => Promise<void>, goOn: () => boolean): Promise<void> => {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, MOST_WAIT_MS)) {
      try {
        return await call()
      } catch (error) {
        if (isFinal(error) || !goOn()) throw error
        points.retries.inc()
        await sleep(waitMs * (0.5 + random() / 2), undefined, { ref: false })
      }
    }
  }

  /** To all members, or it rejects: then some may have it. To do it again does no harm. */
  return async (step: Step, goOn: () => boolean): Promise<void> => {
    const results = await Promise.allSettled(calls(step).map((call) => persist(call, goOn)))
    const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []))
    if (reasons.length > 0) throw reasons.find((reason) => !isFinal(reason)) ?? reasons[0]
  }
}

/** Whether a fault is of the job itself, so that it would fail for ever. */
export const isFinal = (error: unknown): boolean => error instanceof RpcError && FINAL.has(error.code)

export type Deliver = ReturnType<typeof createDelivery>
