"use client"
import { useCallback } from "react"
import useSWR, { useSWRConfig } from "swr"
import { call } from "../question/ask.ts"
import { useAttempt } from "../shell/notice.tsx"

const ROOT = "/api/guard"
const EVERY_MS = 3_000

/** What guard answers at a path, kept fresh; null while it is on its way. */
export function useGuard<T>(path: string) {
  const { data, error, mutate } = useSWR<T, Error>(`${ROOT}/${path}`, (key: string) => call<T>(key), {
    refreshInterval: EVERY_MS,
    keepPreviousData: true,
  })
  return { data: data ?? null, error: error ?? null, refresh: () => void mutate() }
}

interface Change {
  method: "POST" | "DELETE"
  path: string
  body?: unknown
}

/** Changes something at guard and brings what shows it up to date; `change` throws AskError, `attempt` says how it went and whether it did. */
export function useGuardActs() {
  const { mutate } = useSWRConfig()
  const tell = useAttempt()
  const change = useCallback(
    async ({ path, ...what }: Change): Promise<void> => {
      await call(`${ROOT}/${path}`, what)
      await mutate((key) => typeof key === "string" && key.startsWith(ROOT))
    },
    [mutate],
  )
  const attempt = useCallback((done: string, what: Change) => tell(done, () => change(what)), [tell, change])
  return { change, attempt }
}
