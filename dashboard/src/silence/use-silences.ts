"use client"
import type { Silence } from "@ossagent/wire"
import useSWR from "swr"
import { call } from "../question/ask.ts"

export type Shown = "active" | "all"

export function useSilences(state: Shown) {
  const { data, error, mutate } = useSWR<{ silences: Silence[] }, Error>(
    `/api/alerting/silences?state=${state}`,
    (path: string) => call(path),
    { refreshInterval: 5_000 },
  )
  return { silences: data?.silences ?? null, error: error ?? null, refresh: () => void mutate() }
}
