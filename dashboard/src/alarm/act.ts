"use client"
import type { Alarm } from "@ossagent/wire"
import { useCallback } from "react"
import { useSWRConfig } from "swr"
import { call } from "../question/ask.ts"
import { useAttempt } from "../shell/notice.tsx"

export type Verb = "acknowledge" | "resolve"
const DONE: Record<Verb, string> = { acknowledge: "Acknowledged", resolve: "Resolved" }

/** Brings every list of alarms, incidents and silences on the page up to date. */
export function useRenewAlarms(): () => Promise<unknown> {
  const { mutate } = useSWRConfig()
  return useCallback(
    () => mutate((key) => typeof key === "string" && /^\/api\/alerting\/(alarms|incidents|silences)/.test(key)),
    [mutate],
  )
}

/** Acknowledges or resolves an alarm, says how it went, and whether it did. */
export function useAct(): (alarm: Alarm, verb: Verb, note?: string) => Promise<boolean> {
  const attempt = useAttempt()
  const renew = useRenewAlarms()
  return useCallback(
    async (alarm: Alarm, verb: Verb, note?: string): Promise<boolean> => {
      const body = note ? { note } : {}
      const path = `/api/alerting/alarms/${alarm.id}/${verb}`
      const done = await attempt(`${DONE[verb]}: ${alarm.title}`, () => call(path, { method: "POST", body }))
      await renew()
      return done
    },
    [attempt, renew],
  )
}
