"use client"
import type { LogicModuleState, Release, ReleasePage } from "@ossagent/wire"
import useSWR, { useSWRConfig } from "swr"
import { call } from "../question/ask.ts"

const ROOT = "/api/alerting/releases"
const EVERY_MS = 3_000
const read = <T>(path: string): Promise<T> => call<T>(path)

/** Releases or experiments, newest first. */
export function useReleases(experiment: boolean, limit: number) {
  const { data, error, mutate } = useSWR<{ releases: Release[]; nextBefore: string | null }, Error>(
    `${ROOT}?experiment=${experiment}&limit=${limit}`,
    read,
    { refreshInterval: EVERY_MS, keepPreviousData: true },
  )
  return {
    releases: data?.releases ?? null,
    more: (data?.nextBefore ?? null) !== null,
    error: error ?? null,
    refresh: () => void mutate(),
  }
}

export function useRelease(id: string) {
  const { data, error, mutate } = useSWR<ReleasePage, Error>(`${ROOT}/${encodeURIComponent(id)}`, read, {
    refreshInterval: EVERY_MS,
  })
  return { page: data ?? null, error: error ?? null, refresh: () => void mutate() }
}

/** What runs where. */
export function useModules() {
  const { data, error, mutate } = useSWR<{ modules: LogicModuleState[] }, Error>("/api/alerting/logic", read, {
    refreshInterval: EVERY_MS,
  })
  return { modules: data?.modules ?? null, error: error ?? null, refresh: () => void mutate() }
}

/** Asks everything about releases again: after a change. */
export function useRenewReleases(): () => Promise<unknown> {
  const { mutate } = useSWRConfig()
  return () => mutate((key) => typeof key === "string" && (key.startsWith(ROOT) || key === "/api/alerting/logic"))
}
