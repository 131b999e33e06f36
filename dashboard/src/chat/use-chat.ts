"use client"
import type { ChatClient } from "@ossagent/im-client"
import { createContext, useContext, useSyncExternalStore } from "react"
import type { ChatSession } from "./session.ts"

export const SessionContext = createContext<ChatSession | null>(null)

export function useSession(): ChatSession {
  const session = useContext(SessionContext)
  if (session === null) throw new Error("cannot use the chat outside of its page")
  return session
}

/** The client, as it is now: whoever uses it is drawn again with each change of what it says. */
export function useChat(): ChatClient {
  const { client, subscribe, version } = useSession()
  useSyncExternalStore(subscribe, version, version)
  return client
}
