"use client"
import { useEffect, useRef } from "react"

/** Calls `refresh` when `version` is another than at the first look; the first look asks by itself. */
export function useNewer(version: number, refresh: () => unknown): void {
  const seen = useRef(version)
  useEffect(() => {
    if (seen.current === version) return
    seen.current = version
    void refresh()
  }, [version, refresh])
}
