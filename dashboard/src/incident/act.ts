"use client"
import type { Incident } from "@ossagent/wire"
import { useCallback } from "react"
import { useRenewAlarms } from "../alarm/act.ts"
import { call } from "../question/ask.ts"
import { useAttempt } from "../shell/notice.tsx"

export type Act =
  | { verb: "acknowledge" | "resolve"; note?: string }
  | { verb: "notes"; note: string }
  | { verb: "feedback"; verdict: "useful" | "noise" }

const DONE: Record<Act["verb"], string> = {
  acknowledge: "Acknowledged",
  resolve: "Resolved",
  notes: "Noted",
  feedback: "Judged",
}

/** Does something with an incident, says how it went, and whether it did. */
export function useIncidentAct(): (incident: Incident, act: Act) => Promise<boolean> {
  const attempt = useAttempt()
  const renew = useRenewAlarms()
  return useCallback(
    async ({ id, title }: Incident, { verb, ...body }: Act): Promise<boolean> => {
      const path = `/api/alerting/incidents/${id}/${verb}`
      const done = await attempt(`${DONE[verb]}: ${title}`, () => call(path, { method: "POST", body }))
      await renew()
      return done
    },
    [attempt, renew],
  )
}
