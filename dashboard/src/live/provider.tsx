"use client"
import type { AlarmLiveEvent } from "@ossagent/wire"
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react"
import { type LiveAsk, LiveHub, type LiveStatus } from "./hub.ts"
import type { LiveSeconds } from "./merge.ts"

const HubContext = createContext<LiveHub | null>(null)

export function LiveProvider({ children }: { children: ReactNode }) {
  const [hub] = useState(() => new LiveHub())
  useEffect(() => hub.start(), [hub])
  return <HubContext value={hub}>{children}</HubContext>
}

function useHub(): LiveHub {
  const hub = useContext(HubContext)
  if (!hub) throw new Error("cannot follow live figures outside of the LiveProvider")
  return hub
}

/** The newest seconds of the answer to `ask`, at most about once in `everyMs`; null: do not follow. */
export function useLiveSeconds(ask: LiveAsk | null, everyMs = 450): LiveSeconds | null {
  const hub = useHub()
  const key = ask === null ? "" : JSON.stringify(ask)
  const [seconds, setSeconds] = useState<LiveSeconds | null>(null)
  useEffect(() => {
    setSeconds(null)
    if (key === "") return
    const followed = JSON.parse(key) as LiveAsk
    let timer: ReturnType<typeof setTimeout> | undefined
    let shownAt = 0
    const show = (): void => {
      timer = undefined
      shownAt = Date.now()
      setSeconds(hub.secondsOf(followed))
    }
    const leave = hub.follow(followed, () => {
      timer ??= setTimeout(show, Math.max(0, shownAt + everyMs - Date.now()))
    })
    return () => {
      clearTimeout(timer)
      leave()
    }
  }, [hub, key, everyMs])
  return seconds
}

const OPENING: LiveStatus = { state: "opening", why: "", since: 0 }

export function useLiveStatus(): LiveStatus {
  const hub = useHub()
  return useSyncExternalStore(hub.onStatus, hub.readStatus, () => OPENING)
}

/** How many alarms are open, by severity; null until the stream has said so. */
export function useOpenAlarms(): AlarmLiveEvent["open"] | null {
  const hub = useHub()
  return useSyncExternalStore(hub.onStatus, hub.readOpenAlarms, () => null)
}

/** Another number whenever there are new series. */
export function useCatalogVersion(): number {
  const hub = useHub()
  return useSyncExternalStore(hub.onStatus, hub.readCatalogVersion, () => 0)
}

/** Calls `listener` with every change of alarms. */
export function useAlarmChanges(listener: (event: AlarmLiveEvent) => void): void {
  const hub = useHub()
  useEffect(() => hub.onAlarms(listener), [hub, listener])
}
