"use client"
import type { OnCallNow } from "@ossagent/wire"
import useSWR from "swr"
import { call } from "../question/ask.ts"

/** Who is on call now and next, by schedule id. */
export function useOnCall(): Map<string, OnCallNow> {
  const { data } = useSWR<{ schedules: OnCallNow[] }, Error>(
    "/api/alerting/oncall/now",
    (path: string) => call<{ schedules: OnCallNow[] }>(path),
    { refreshInterval: 15_000 },
  )
  return new Map((data?.schedules ?? []).map((one) => [one.scheduleId, one]))
}
