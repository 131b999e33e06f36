"use client"
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react"

/** So near to the end counts as there. */
const NEAR_PX = 48

interface Stick {
  ref: RefObject<HTMLDivElement | null>
  onScroll: () => void
  /** The end is on the screen; not before there is a line. */
  atEnd: boolean
  toEnd: () => void
}

/**
 * A list that grows at both ends: it stays at its end unless somebody has scrolled away from it, and what they read stays where it is when
 * older lines come above. It begins at the line with `data-start`, where there is one and what follows does not fit. `first` and `last`: keys of the outermost lines. `onTop`: the beginning is nearly on the screen.
 */
export function useStick({ first, last, onTop }: { first: string; last: string; onTop: () => void }): Stick {
  const ref = useRef<HTMLDivElement>(null)
  const [atEnd, setAtEnd] = useState(false)
  const before = useRef({ first, height: 0, stuck: true })
  const begun = useRef(false)

  const toEnd = useCallback(() => {
    const box = ref.current
    if (box === null) return
    before.current.stuck = true
    setAtEnd(true)
    box.scrollTop = box.scrollHeight
  }, [])

  useLayoutEffect(() => {
    const box = ref.current
    if (box === null) return
    if (!begun.current && last !== "") {
      begun.current = true
      before.current = { first, stuck: !showStart(box), height: box.scrollHeight }
    }
    const { first: firstBefore, height, stuck } = before.current
    if (stuck) box.scrollTop = box.scrollHeight
    else if (firstBefore !== first) box.scrollTop += box.scrollHeight - height
    before.current = { first, height: box.scrollHeight, stuck }
    setAtEnd(stuck && begun.current)
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

/** Brings the line where one begins to read to the top; false when there is none, or the end is on the screen with it. */
function showStart(box: HTMLElement): boolean {
  const start = box.querySelector<HTMLElement>("[data-start]")
  if (start === null) return false
  const top = start.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop
  if (box.scrollHeight - top <= box.clientHeight) return false
  box.scrollTop = top
  return true
}
