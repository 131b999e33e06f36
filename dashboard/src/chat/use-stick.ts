"use client"
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react"

/** So near to the end counts as there. */
const NEAR_PX = 48

interface Stick {
  ref: RefObject<HTMLDivElement | null>
  onScroll: () => void
  /** The end is on the screen. */
  atEnd: boolean
  toEnd: () => void
}

/**
 * A list that grows at both ends: it stays at its end unless somebody has scrolled away from it, and what they read stays where it is when
 * older lines come above. `first` and `last`: keys of the outermost lines. `onTop`: the beginning is nearly on the screen.
 */
export function useStick({ first, last, onTop }: { first: string; last: string; onTop: () => void }): Stick {
  const ref = useRef<HTMLDivElement>(null)
  const [atEnd, setAtEnd] = useState(true)
  const before = useRef({ first, height: 0, stuck: true })

  const toEnd = useCallback(() => {
    const box = ref.current
    if (box === null) return
    before.current.stuck = true
    setAtEnd(true)
    box.scrollTop = box.scrollHeight
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another last line moves the end
  useLayoutEffect(() => {
    const box = ref.current
    if (box === null) return
    const { first: firstBefore, height, stuck } = before.current
    if (stuck) box.scrollTop = box.scrollHeight
    else if (firstBefore !== first) box.scrollTop += box.scrollHeight - height
    before.current = { first, height: box.scrollHeight, stuck }
  }, [first, last])

  // The field below grows as it is written in, a keyboard comes up, the window turns.
  useEffect(() => {
    const box = ref.current
    if (box === null) return
    const observer = new ResizeObserver(() => {
      if (before.current.stuck) box.scrollTop = box.scrollHeight
    })
    observer.observe(box)
    if (box.firstElementChild !== null) observer.observe(box.firstElementChild)
    return () => observer.disconnect()
  }, [])

  const onScroll = useCallback(() => {
    const box = ref.current
    if (box === null) return
    const stuck = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX
    before.current = { ...before.current, stuck, height: box.scrollHeight }
    setAtEnd(stuck)
    if (box.scrollTop < box.clientHeight) onTop()
  }, [onTop])
  return { ref, onScroll, atEnd, toEnd }
}
