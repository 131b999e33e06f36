"use client"
import { type RefObject, useEffect, useState } from "react"

/** Whether the element is on the screen or nearly; `seen` stays true once it was. */
export function useInView(ref: RefObject<HTMLElement | null>): { inView: boolean; seen: boolean } {
  const [inView, setInView] = useState(false)
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new IntersectionObserver(
      ([entry]) => {
        setInView(entry?.isIntersecting ?? false)
        if (entry?.isIntersecting) setSeen(true)
      },
      { rootMargin: "120px" },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref])
  return { inView, seen }
}
