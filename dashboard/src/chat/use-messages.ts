"use client"
import type { Message, Outgoing, Update } from "@ossagent/im-client"
import { useCallback, useEffect, useRef, useState } from "react"
import { useSession } from "./use-chat.ts"
import { toWords } from "./words.ts"

const PAGE = 50

export interface Messages {
  /** Oldest first; null until the store has answered. */
  messages: readonly Message[] | null
  outgoing: readonly Outgoing[]
  /** Are there older ones? `failed` says why they did not come. */
  older: { is: "more" | "coming" | "none" } | { is: "failed"; why: string }
  /** Brings older ones, from the store, then from the service. */
  fetchOlder: () => void
}

/** The newest messages of a chat as the store has them, drawn anew with each change of them; older ones by the page. */
export function useMessages(chat: number): Messages {
  const { client, onUpdate } = useSession()
  const [shown, setShown] = useState<Pick<Messages, "messages" | "outgoing">>({ messages: null, outgoing: [] })
  const [older, setOlder] = useState<Messages["older"]>({ is: "more" })
  const limit = useRef(PAGE)
  const busy = useRef(false)

  const read = useCallback(async (): Promise<number> => {
    // What is sent between the two reads stands in both, and is shown once; the other way round it would stand in none.
    const outgoing = client.outgoing().filter((one) => one.chat === chat)
    const found = await client.messages(chat, undefined, limit.current)
    setShown({ messages: found.reverse(), outgoing })
    return found.length
  }, [client, chat])

  useEffect(() => {
    let [running, again, gone] = [false, true, false]
    const run = async (): Promise<void> => {
      again = true
      if (running) return
      running = true
      while (again && !gone) {
        again = false
        await read()
      }
      running = false
    }
    const failed = (error: unknown): void => setOlder({ is: "failed", why: toWords(error) })
    const stop = onUpdate((update) => {
      if (touches(update, chat)) run().catch(failed)
    })
    run().catch(failed)
    return () => {
      gone = true
      stop()
    }
  }, [read, onUpdate, chat])

  const fetchOlder = useCallback(() => {
    if (busy.current) return
    busy.current = true
    setOlder({ is: "coming" })
    const fetch = async (): Promise<void> => {
      limit.current += PAGE
      if ((await read()) >= limit.current) return setOlder({ is: "more" })
      const came = await client.history(chat, PAGE)
      await read()
      setOlder({ is: came === 0 ? "none" : "more" })
    }
    fetch()
      .catch((error: unknown) => setOlder({ is: "failed", why: toWords(error) }))
      .finally(() => {
        busy.current = false
      })
  }, [client, chat, read])
  return { ...shown, older, fetchOlder }
}

/** Whether the update says something of this chat's messages; what was sent is not told by chat. */
function touches({ restart, emptied, messages, recalls, outgoing, sent }: Update, chat: number): boolean {
  if (restart || (sent?.length ?? 0) > 0 || emptied?.includes(chat)) return true
  return [messages, recalls, outgoing].some((some) => some?.some((one) => one.chat === chat))
}
