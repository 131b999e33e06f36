"use client"
import { useRouter } from "next/navigation"
import { useEffect, useRef } from "react"
import { mayAs } from "../auth/roles.ts"
import { NAV } from "./nav.ts"
import { usePerson } from "./person.tsx"
import { toggleTheme } from "./theme.tsx"

const CHORD_MS = 1_200
/** When `g` was pressed: the next key names a page and means nothing else. */
let chordAt = 0
const inChord = (): boolean => Date.now() - chordAt < CHORD_MS

/** Whether the key goes into a field or a window instead. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null
  return target?.closest("input, textarea, select, [contenteditable], dialog") != null
}

/** Enter on a link or a button is for it. */
const isPress = ({ key, target }: KeyboardEvent): boolean =>
  key === "Enter" && (target as HTMLElement | null)?.closest("a, button, summary") != null

/** The keys that work on every page. */
export function useKeys({ onSearch, onHelp }: { onSearch: () => void; onHelp: () => void }): void {
  const router = useRouter()
  const { role } = usePerson()
  const latest = useRef({ onSearch, onHelp })
  latest.current = { onSearch, onHelp }
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        latest.current.onSearch()
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return
      if (inChord()) {
        const item = NAV.find(({ key }) => key === event.key)
        chordAt = 0
        if (item && mayAs(role, item.role)) {
          event.preventDefault()
          router.push(item.href)
        }
        return
      }
      if (event.key === "g") chordAt = Date.now()
      else if (event.key === "/") {
        event.preventDefault()
        latest.current.onSearch()
      } else if (event.key === "?") latest.current.onHelp()
      else if (event.key === "d") toggleTheme()
    }
    document.addEventListener("keydown", onKey)
    return () => document.removeEventListener("keydown", onKey)
  }, [router, role])
}

/** Keys of one page: key → what it does. */
export function usePageKeys(keys: Record<string, () => void>): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || inChord() || isTyping(event) || isPress(event)) return
      const act = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener("keydown", onKey)
    return () => document.removeEventListener("keydown", onKey)
  }, [])
}
