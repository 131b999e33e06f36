"use client"
import { isGroup } from "@ossagent/im-client"
import { useCallback, useMemo } from "react"
import { useQuery } from "../time/provider.tsx"
import { useChat } from "./use-chat.ts"

/** What the address says is open: somebody by name, or a group by number. */
export type Place = { is: "list" } | { is: "person"; name: string } | { is: "group"; gid: number }

export function parsePlace(query: URLSearchParams): Place {
  const gid = Number(query.get("group"))
  if (isGroup(gid) && Number.isSafeInteger(gid)) return { is: "group", gid }
  const name = query.get("with") ?? ""
  return name === "" ? { is: "list" } : { is: "person", name }
}

/** The address of a conversation, the same for everybody: `/chat?with=ada`, `/chat?group=1099511627776`. */
export const chatHref = (chat: number, name: string): string =>
  isGroup(chat) ? `/chat?group=${chat}` : `/chat?with=${encodeURIComponent(name)}`

/** What is open, and how to open another; 0 opens the list. `replace`: without a step to go back to. */
export function usePlace(): [Place, open: (chat: number, options?: { replace?: boolean }) => void] {
  const client = useChat()
  const [query, change] = useQuery()
  const place = useMemo(() => parsePlace(query), [query])
  const open = useCallback(
    (chat: number, { replace = false } = {}) => {
      const group = isGroup(chat) ? String(chat) : null
      const name = chat !== 0 && group === null ? client.nameOf(chat) : null
      change({ group, with: name }, !replace)
    },
    [client, change],
  )
  return [place, open]
}
