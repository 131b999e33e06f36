"use client"
import type { Alarm, NewSilence } from "@ossagent/wire"
import { useCallback } from "react"
import { useSWRConfig } from "swr"
import { call } from "../question/ask.ts"
import { useAttempt } from "../shell/notice.tsx"

export type Verb = "acknowledge" | "resolve"
const DONE: Record<Verb, string> = { acknowledge: "Acknowledged", resolve: "Resolved" }

/** What may be done with alarms; each says how it went and brings the lists up to date. */
export function useAlarmActions() {
  const attempt = useAttempt()
  const { mutate } = useSWRConfig()
  const renew = useCallback(
    () => mutate((key) => typeof key === "string" && /^\/api\/alerting\/(alarms|silences)/.test(key)),
    [mutate],
  )
  const act = useCallback(
    async (alarm: Alarm, verb: Verb, note?: string): Promise<boolean> => {
      const body = note ? { note } : {}
      const path = `/api/alerting/alarms/${alarm.id}/${verb}`
      const done = await attempt(`${DONE[verb]}: ${alarm.title}`, () => call(path, { method: "POST", body }))
      await renew()
      return done
    },
    [attempt, renew],
  )
  const silence = useCallback(
    async (body: NewSilence): Promise<boolean> => {
      const done = await attempt("Silenced", () => call("/api/alerting/silences", { method: "POST", body }))
      await renew()
      return done
    },
    [attempt, renew],
  )
  return { act, silence, renew }
}
