"use client"
import type { ChatClient } from "@ossagent/im-client"
import { useEffect, useState } from "react"
import { useChat } from "./use-chat.ts"
import type { Place } from "./use-place.ts"
import { toWords } from "./words.ts"

export type Target =
  | { is: "none" }
  | { is: "finding" }
  | { is: "missing"; why: string }
  | { is: "found"; chat: number; name: string }

/** Whom an address means: somebody who is known here, or whom the service finds. */
export function useTarget(place: Place): Target {
  const client = useChat()
  const [found, setFound] = useState<{ name: string; target: Target } | null>(null)
  const name = place.is === "person" ? place.name : ""
  const known = name === "" ? 0 : tryKnown(client, name)
  const online = client.state.is === "online"
  useEffect(() => {
    if (name === "" || known !== 0 || !online) return
    let gone = false
    const show = (target: Target): void => {
      if (!gone) setFound({ name, target })
    }
    client.findUser(name).then(
      (user) => {
        const own = user.uid === client.account?.uid
        if (own) show({ is: "missing", why: "This is your own name: give the address to others." })
        else show({ is: "found", chat: user.uid, name: user.name })
      },
      (error: unknown) => show({ is: "missing", why: toWords(error) }),
    )
    return () => {
      gone = true
    }
  }, [client, name, known, online])
  if (place.is === "list") return { is: "none" }
  if (place.is === "group") return { is: "found", chat: place.gid, name: client.nameOf(place.gid) }
  if (known !== 0) return { is: "found", chat: known, name: client.nameOf(known) }
  if (found?.name === name) return found.target
  return online ? { is: "finding" } : { is: "missing", why: "They are not known here, and there is no connection now." }
}

/** Number of somebody whose name is known here, 0 for nobody; case does not count. */
function tryKnown(client: ChatClient, name: string): number {
  const same = (one: string): boolean => one.toLowerCase() === name.toLowerCase()
  const contact = client.contacts().find((one) => same(one.name))
  return contact?.uid ?? client.chats().find(({ chat }) => same(client.nameOf(chat)))?.chat ?? 0
}
