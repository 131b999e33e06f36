"use client"
import { useCallback, useEffect, useState } from "react"
import { call } from "../question/ask.ts"
import { type ChatSession, nameOf, openSession } from "./session.ts"
import type { ChatSettings } from "./settings.ts"
import { takeTab } from "./tab.ts"

export type Opened =
  | { is: "opening" }
  | { is: "unset" }
  | { is: "failed"; error: Error }
  /** Another page of this browser has it. */
  | { is: "elsewhere" }
  | { is: "open"; session: ChatSession }

/** Opens the chat of who is logged in to the dashboard, and closes it with the page. `again` tries anew, or takes it from another page. */
export function useOpenedSession(person: string): [Opened, again: () => void] {
  const [opened, setOpened] = useState<Opened>({ is: "opening" })
  const [turn, setTurn] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn opens it anew
  useEffect(() => {
    setOpened({ is: "opening" })
    const closing: (() => void | Promise<void>)[] = []
    let gone = false
    const leave = async (): Promise<void> => {
      gone = true
      for (const close of closing.splice(0).reverse()) await close()
    }
    const show = (next: Opened): void => {
      if (!gone) setOpened(next)
    }
    const open = async (): Promise<void> => {
      const { settings } = await call<{ settings: ChatSettings }>("/api/chat")
      if (settings === null) return show({ is: "unset" })
      const tab = await takeTab(nameOf(person), async () => {
        show({ is: "elsewhere" })
        await leave()
      })
      closing.push(tab.release)
      if (gone) return tab.release()
      const session = await openSession({ settings, person, host: window.location.hostname })
      if (gone) return session.close()
      closing.push(session.close)
      show({ is: "open", session })
    }
    open().catch((error: unknown) => show({ is: "failed", error: error as Error }))
    return () => void leave()
  }, [person, turn])
  return [opened, useCallback(() => setTurn((last) => last + 1), [])]
}
