"use client"
import type { AuditEntry } from "@ossagent/wire"
import useSWRInfinite from "swr/infinite"
import { call } from "../question/ask.ts"

const EVERY_MS = 10_000

interface AuditPage {
  entries: AuditEntry[]
  nextOwn: number | null
  nextBefore: string | null
}

/** Both audits as one, newest first. A list that has ended is asked before its beginning, where nothing is. */
export function useAudit() {
  const { data, error, size, setSize, mutate, isValidating } = useSWRInfinite<AuditPage, Error>(
    (_, last: AuditPage | null) => {
      if (!last) return "/api/audit"
      if (last.nextOwn === null && last.nextBefore === null) return null
      return `/api/audit?own=${last.nextOwn ?? 0}&before=${encodeURIComponent(last.nextBefore ?? "1")}`
    },
    (path: string) => call<AuditPage>(path),
    { refreshInterval: EVERY_MS },
  )
  const byId = new Map(data?.flatMap(({ entries }) => entries.map((entry): [string, AuditEntry] => [entry.id, entry])))
  const last = data?.at(-1)
  const isMore = last !== undefined && (last.nextOwn !== null || last.nextBefore !== null)
  return {
    entries: data ? [...byId.values()].sort((a, b) => b.at - a.at) : null,
    error: error ?? null,
    busy: isValidating && (data?.length ?? 0) < size,
    more: isMore ? () => void setSize(size + 1) : null,
    refresh: () => void mutate(),
  }
}
