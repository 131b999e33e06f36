"use client"
import type { CatalogAnswer, CatalogQuestion } from "@ossagent/wire"
import useSWR from "swr"
import { ask } from "../question/ask.ts"

const EVERY_MS = 1_500
const MOST = 10_000

/** What there is, asked again all the time: a new metric is on the page within two seconds. Null: do not ask. */
export function useCatalog(question: CatalogQuestion | null = {}, everyMs = EVERY_MS) {
  const asked = question === null ? null : { limit: MOST, ...question }
  const { data, error, mutate } = useSWR<CatalogAnswer, Error>(
    asked === null ? null : ["catalog", JSON.stringify(asked)],
    () => ask("catalog", asked as CatalogQuestion),
    { refreshInterval: everyMs, keepPreviousData: true, dedupingInterval: 800 },
  )
  return {
    entries: data?.entries ?? null,
    leftOff: data?.leftOff ?? 0,
    error: error ?? null,
    refresh: () => void mutate(),
  }
}
