"use client"
import { type KeyboardEvent as ReactKeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react"
import { Button } from "./button.tsx"
import type { IconName } from "./icon.tsx"

interface PopoverProps {
  /** What the button says. */
  label: ReactNode
  title: string
  icon?: IconName
  look?: "plain" | "quiet"
  /** On a narrow screen only the icon is shown. */
  compact?: boolean
  align?: "left" | "right"
  children: (close: () => void) => ReactNode
}

/** A button with a small window below it; Escape, a press outside, or the content closes it. */
export function Popover({ label, title, icon, look = "plain", compact, align = "right", children }: PopoverProps) {
  const [open, setOpen] = useState(false)
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!open) return
    const onPress = (event: PointerEvent): void => {
      if (!ref.current?.contains(event.target as Node)) setOpen(false)
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return
      setOpen(false)
      ref.current?.querySelector("button")?.focus()
    }
    document.addEventListener("pointerdown", onPress)
    document.addEventListener("keydown", onKey)
    return () => {
      document.removeEventListener("pointerdown", onPress)
      document.removeEventListener("keydown", onKey)
    }
  }, [open])
  return (
    <div ref={ref} className="relative">
      <Button
        look={look}
        icon={icon}
        aria-expanded={open}
        aria-haspopup="dialog"
        aria-label={title}
        title={title}
        onClick={() => setOpen(!open)}
      >
        <span className={compact ? "hidden sm:inline" : ""}>{label}</span>
      </Button>
      {open && (
        <div
          ref={settle}
          role="dialog"
          onKeyDown={moveByArrows}
          aria-label={title}
          className={`absolute top-full z-40 mt-1 max-h-[70dvh] w-max min-w-40 max-w-[calc(100vw-1.5rem)] overflow-y-auto rounded-lg border border-line bg-surface p-1.5 shadow-high ${align === "right" ? "right-0" : "left-0"}`}
        >
          {children(() => setOpen(false))}
        </div>
      )}
    </div>
  )
}

const MARGIN = 8
const ITEMS = "button:not(:disabled), input, select, a[href]"

/** Moves a window that has just opened into the screen, and the focus into it. */
function settle(element: HTMLDivElement | null): void {
  if (!element) return
  const { left, right } = element.getBoundingClientRect()
  const width = document.documentElement.clientWidth
  const by = left < MARGIN ? MARGIN - left : Math.min(0, width - MARGIN - right)
  if (by !== 0) element.style.translate = `${by}px`
  element.querySelector<HTMLElement>(ITEMS)?.focus({ preventScroll: true })
}

function moveByArrows(event: ReactKeyboardEvent<HTMLDivElement>): void {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0
  const target = event.target as HTMLElement
  // a date or a list uses the arrows itself
  if (by === 0 || target.matches("select, input:not([type=checkbox])")) return
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>(ITEMS)]
  items[(items.indexOf(target) + by + items.length) % items.length]?.focus()
  event.preventDefault()
}

/** A line to press inside a popover. */
export function MenuItem({ on, onClick, children }: { on?: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      onClick={onClick}
      aria-current={on ? "true" : undefined}
      className={`flex w-full items-center gap-2 rounded px-2.5 py-1.5 text-left text-[13px] hover:bg-sunken ${on ? "font-medium text-accent" : ""}`}
    >
      {children}
    </button>
  )
}
