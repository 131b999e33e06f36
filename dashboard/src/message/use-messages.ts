"use client"
import type { Message } from "@ossagent/wire"
import useSWRInfinite from "swr/infinite"
import { call } from "../question/ask.ts"

const EVERY_MS = 3_000
const LIMIT = 50

interface MessagePage {
  messages: Message[]
  nextBefore: string | null
}

/** The delivery log, newest first, a page more with each `more`. */
export function useMessages(filter: Record<string, string>) {
  const params = new URLSearchParams({ limit: String(LIMIT) })
  for (const [name, value] of Object.entries(filter)) if (value) params.set(name, value)
  const { data, error, size, setSize, mutate, isValidating } = useSWRInfinite<MessagePage, Error>(
    (_, last: MessagePage | null) => {
      if (last && last.nextBefore === null) return null
      const before = last?.nextBefore ? `&before=${encodeURIComponent(last.nextBefore)}` : ""
      return `/api/alerting/messages?${params}${before}`
    },
    (path: string) => call<MessagePage>(path),
    { refreshInterval: EVERY_MS, keepPreviousData: true },
  )
  const byId = new Map(data?.flatMap(({ messages }) => messages.map((one): [string, Message] => [one.id, one])))
  return {
    messages: data ? [...byId.values()] : null,
    error: error ?? null,
    busy: isValidating && (data?.length ?? 0) < size,
    more: data?.at(-1)?.nextBefore ? () => void setSize(size + 1) : null,
    refresh: () => void mutate(),
  }
}
