"use client"
/**
 * The chat of one page: the client library, and who is told when it changes. In: settings and who is logged in to the dashboard; out: the
 * client, `subscribe` and `version` for React, and what the store has taken, for the open conversation.
 */
import { type ChatClient, createClient, IndexedDbStore, type Update, webSocketTransport } from "@ossagent/im-client"
import { toReachable } from "./reach.ts"
import type { ChatSettings } from "./settings.ts"

export interface ChatSession {
  client: ChatClient
  /** Text that was typed and not sent, by chat. */
  drafts: Map<number, string>
  subscribe: (listener: () => void) => () => void
  /** Rises with each change of what the client says. */
  version: () => number
  onUpdate: (listener: (update: Update) => void) => () => void
  close: () => Promise<void>
}

interface Open {
  settings: NonNullable<ChatSettings>
  /** Number of who is logged in to the dashboard: each has a store of their own in this browser. */
  person: string
  host: string
}

/** Rejects when this browser keeps nothing for the page. */
export async function openSession({ settings, person, host }: Open): Promise<ChatSession> {
  const listeners = new Set<() => void>()
  const followers = new Set<(update: Update) => void>()
  let version = 0
  const changed = (): void => {
    version++
    for (const listener of listeners) listener()
  }
  const client = await createClient({
    store: new IndexedDbStore(nameOf(person)),
    transport: webSocketTransport(),
    appKey: settings.appKey,
    dispatch: toReachable(settings.dispatch, host),
    toAddress: (address) => toReachable(address, host),
    deviceName: nameOfBrowser(navigator.userAgent),
    onState: changed,
    onChange: (update) => {
      changed()
      for (const follow of followers) follow(update)
    },
  })
  const stopListening = followNetwork(client)
  return {
    client,
    drafts: new Map(),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    version: () => version,
    onUpdate: (follow) => {
      followers.add(follow)
      return () => void followers.delete(follow)
    },
    close: async () => {
      stopListening()
      await client.stop()
    },
  }
}

/** Of the store, and of what pages of one browser say to each other. */
export const nameOf = (person: string): string => `ossagent.chat.${person}`

/** The system knows sooner than a heartbeat that the network is gone or back, and that a lid was opened. */
function followNetwork(client: ChatClient): () => void {
  const gone = (): void => client.networkLost()
  const back = (): void => {
    if (document.visibilityState === "visible") client.hurry()
  }
  window.addEventListener("offline", gone)
  window.addEventListener("online", back)
  window.addEventListener("pageshow", back)
  document.addEventListener("visibilitychange", back)
  return () => {
    window.removeEventListener("offline", gone)
    window.removeEventListener("online", back)
    window.removeEventListener("pageshow", back)
    document.removeEventListener("visibilitychange", back)
  }
}

/** `Firefox on Linux`, for the list of devices. */
function nameOfBrowser(agent: string): string {
  const browser = /Edg\//.test(agent) ? "Edge" : (/(Firefox|Chrome|Safari)\//.exec(agent)?.[1] ?? "a browser")
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|Linux)/.exec(agent)?.[1]
  return system === undefined ? browser : `${browser} on ${system}`
}
