"use client"
import { useCallback, useMemo } from "react"
import { useQuery } from "../time/provider.tsx"
import { changesOf, parseView, type View } from "./view.ts"

/** The page's view, read from the address; a change goes there and nowhere else. */
export function useView(): [View, (change: Partial<View>) => void] {
  const [query, change] = useQuery()
  const text = query.toString()
  const view = useMemo(() => parseView(new URLSearchParams(text)), [text])
  const set = useCallback((next: Partial<View>) => change(changesOf(view, { ...view, ...next })), [change, view])
  return [view, set]
}
