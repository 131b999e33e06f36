"use client"
import useSWR from "swr"
import { call } from "../question/ask.ts"
import type { PlaceSummary } from "./summary.ts"

const EVERY_MS = 1_500

/** Every subsystem there is, asked again all the time: a new one is in the menu within two seconds. Null: not known yet. */
export function usePlaces() {
  const { data, error, mutate } = useSWR<{ places: PlaceSummary[] }, Error>(
    "/api/places",
    (path: string) => call(path),
    {
      refreshInterval: EVERY_MS,
      keepPreviousData: true,
      dedupingInterval: 800,
    },
  )
  return { places: data?.places ?? null, error: error ?? null, refresh: () => void mutate() }
}
