"use client"
import useSWR from "swr"
import { useCatalogVersion } from "../live/provider.tsx"
import { useNewer } from "../live/use-newer.ts"
import { call } from "../question/ask.ts"
import type { PlaceSummary } from "./summary.ts"

const EVERY_MS = 5_000

/** Every subsystem there is, asked again as soon as the stream tells of new series, and now and then. Null: not known yet. */
export function usePlaces() {
  const version = useCatalogVersion()
  const { data, error, mutate } = useSWR<{ places: PlaceSummary[] }, Error>(
    "/api/places",
    (path: string) => call(`${path}?version=${version}`),
    {
      refreshInterval: EVERY_MS,
      keepPreviousData: true,
      dedupingInterval: 800,
    },
  )
  useNewer(version, mutate)
  return { places: data?.places ?? null, error: error ?? null, refresh: () => void mutate() }
}
