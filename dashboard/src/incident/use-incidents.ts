"use client"
import type { Incident, IncidentPage } from "@ossagent/wire"
import { useCallback } from "react"
import useSWR from "swr"
import { soon } from "../alarm/use-alarms.ts"
import { useAlarmChanges } from "../live/provider.tsx"
import { call } from "../question/ask.ts"

interface IncidentFilter {
  state: "open" | "all"
  service?: string
  before?: string
}

interface Page {
  incidents: Incident[]
  nextBefore: string | null
}

const EVERY_MS = 10_000

/** Incidents, newest first; asked again as soon as the stream says that an alarm changed. */
export function useIncidents(filter: IncidentFilter) {
  const params = new URLSearchParams({ limit: "100" })
  for (const [name, value] of Object.entries(filter)) if (value) params.set(name, value)
  const key = `/api/alerting/incidents?${params}`
  const { data, error, mutate } = useSWR<Page, Error>(key, (path: string) => call<Page>(path), {
    refreshInterval: EVERY_MS,
    keepPreviousData: true,
  })
  useAlarmChanges(useCallback(() => soon(key, () => void mutate()), [key, mutate]))
  return {
    incidents: data?.incidents ?? null,
    nextBefore: data?.nextBefore ?? null,
    error: error ?? null,
    refresh: () => void mutate(),
  }
}

/** One incident with everything about it. */
export function useIncident(id: string) {
  const key = `/api/alerting/incidents/${encodeURIComponent(id)}`
  const { data, error, mutate } = useSWR<IncidentPage, Error>(key, (path: string) => call<IncidentPage>(path), {
    refreshInterval: EVERY_MS,
  })
  useAlarmChanges(
    useCallback(
      ({ changed }) => {
        if (changed.some(({ incidentId }) => incidentId === id)) soon(key, () => void mutate())
      },
      [id, key, mutate],
    ),
  )
  return { page: data ?? null, error: error ?? null, refresh: () => void mutate() }
}
