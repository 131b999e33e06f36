"use client"
import type { Alarm } from "@ossagent/wire"
import { useCallback } from "react"
import useSWR from "swr"
import { useAlarmChanges } from "../live/provider.tsx"
import { call } from "../question/ask.ts"

interface AlarmFilter {
  state: "open" | "all"
  service?: string
  subsystem?: string
  metric?: string
  before?: string
}

interface AlarmPage {
  alarms: Alarm[]
  nextBefore: string | null
}

const SOON_MS = 400
const due = new Set<string>()

/** Several lists on a page, and alarms that change one after the other, make one question. */
export function soon(key: string, run: () => void): void {
  if (due.has(key)) return
  due.add(key)
  setTimeout(() => {
    due.delete(key)
    run()
  }, SOON_MS)
}

/** Alarms, newest first; asked again as soon as the stream says that one changed. */
export function useAlarms(filter: AlarmFilter) {
  const params = new URLSearchParams({ limit: "200" })
  for (const [name, value] of Object.entries(filter)) if (value) params.set(name, value)
  const key = `/api/alerting/alarms?${params}`
  const { data, error, mutate } = useSWR<AlarmPage, Error>(key, (path: string) => call<AlarmPage>(path), {
    refreshInterval: 20_000,
    keepPreviousData: true,
  })
  useAlarmChanges(useCallback(() => soon(key, () => void mutate()), [key, mutate]))
  return {
    alarms: data?.alarms ?? null,
    nextBefore: data?.nextBefore ?? null,
    error: error ?? null,
    refresh: () => void mutate(),
  }
}

const RANK = { critical: 0, warning: 1, info: 2 }

/** What needs somebody stands first: firing, then by severity, then the newest. */
export const byUrgency = (a: Alarm, b: Alarm): number =>
  Number(isQuiet(a)) - Number(isQuiet(b)) || RANK[a.severity] - RANK[b.severity] || b.startedAt - a.startedAt

/** Nobody is called for it now. */
const isQuiet = (alarm: Alarm): boolean => alarm.state !== "firing" || alarm.silencedBy !== null
