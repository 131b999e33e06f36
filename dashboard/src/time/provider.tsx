"use client"
import { usePathname, useSearchParams } from "next/navigation"
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react"
import type { Zone } from "./clock.ts"
import { DEFAULT_RANGE, formatRange, type TimeRange, tryRange } from "./range.ts"

interface TimeContextValue {
  zone: Zone
  setZone: (zone: Zone) => void
}

const ZoneContext = createContext<TimeContextValue>({ zone: "local", setZone: () => {} })
const STORED = "ossagent.zone"

export function ZoneProvider({ children }: { children: ReactNode }) {
  const [zone, setZone] = useState<Zone>("local")
  useEffect(() => {
    if (localStorage.getItem(STORED) === "utc") setZone("utc")
  }, [])
  const change = useCallback((next: Zone) => {
    localStorage.setItem(STORED, next)
    setZone(next)
  }, [])
  const value = useMemo(() => ({ zone, setZone: change }), [zone, change])
  return <ZoneContext value={value}>{children}</ZoneContext>
}

export const useZone = (): TimeContextValue => useContext(ZoneContext)

/** Reads and changes the URL's query; null removes a name. `push` leaves a step to go back to. */
export function useQuery(): [URLSearchParams, (changes: Record<string, string | null>, push?: boolean) => void] {
  const params = useSearchParams()
  const pathname = usePathname()
  const change = useCallback(
    (changes: Record<string, string | null>, push = false) => {
      const next = new URLSearchParams(window.location.search)
      for (const [name, value] of Object.entries(changes)) {
        if (value === null) next.delete(name)
        else next.set(name, value)
      }
      const url = `${pathname}${next.size > 0 ? `?${next}` : ""}`
      if (push) window.history.pushState(null, "", url)
      else window.history.replaceState(null, "", url)
    },
    [pathname],
  )
  return [params, change]
}

/** The page's range (`fallback` when the address names none), how to choose another, and how to zoom into it: zooming keeps in the address where it came from. */
export function useTimeRange(
  fallback: TimeRange = DEFAULT_RANGE,
): [TimeRange, set: (range: TimeRange) => void, zoom: (from: number, to: number) => void] {
  const [params, change] = useQuery()
  const text = params.get("range")
  const range = useMemo(() => tryRange(text) ?? fallback, [text, fallback])
  const set = useCallback((next: TimeRange) => change({ range: formatRange(next), back: null }, true), [change])
  const zoom = useCallback(
    (from: number, to: number) => {
      const now = new URLSearchParams(window.location.search)
      const back = now.get("back") ?? formatRange(tryRange(now.get("range")) ?? fallback)
      change({ range: formatRange({ kind: "between", from, to }), back }, true)
    },
    [change, fallback],
  )
  return [range, set, zoom]
}

/** Where the reader was before zooming in; null when they did not. */
export function useZoomedFrom(): TimeRange | null {
  const [params] = useQuery()
  const text = params.get("back")
  return useMemo(() => tryRange(text), [text])
}

/** The present, told anew every `everyMs`; 0 before the browser has taken over, for the server's clock is another. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(0)
  useEffect(() => {
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
