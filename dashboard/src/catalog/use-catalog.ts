"use client"
import type { CatalogAnswer, CatalogQuestion } from "@ossagent/wire"
import useSWR from "swr"
import { useCatalogVersion } from "../live/provider.tsx"
import { useNewer } from "../live/use-newer.ts"
import { call } from "../question/ask.ts"

const EVERY_MS = 10_000
const MOST = 10_000

/** What there is, asked again as soon as the stream tells of new series, and now and then for when they were last seen. Null: do not ask. */
export function useCatalog(question: CatalogQuestion | null = {}, everyMs = EVERY_MS) {
  const version = useCatalogVersion()
  const asked = question === null ? null : { limit: MOST, ...question }
  const { data, error, mutate } = useSWR<CatalogAnswer, Error>(
    asked === null ? null : ["catalog", JSON.stringify(asked)],
    () => call("/api/report/catalog", { method: "POST", body: { ...asked, catalogVersion: version } }),
    { refreshInterval: everyMs, keepPreviousData: true, dedupingInterval: 800 },
  )
  useNewer(version, mutate)
  return {
    entries: data?.entries ?? null,
    leftOff: data?.leftOff ?? 0,
    error: error ?? null,
    refresh: () => void mutate(),
  }
}
