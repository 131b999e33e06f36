"use client"
import { useRouter } from "next/navigation"
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react"
import { mayAs } from "../auth/roles.ts"
import { useCatalog } from "../catalog/use-catalog.ts"
import { Icon, type IconName } from "../piece/icon.tsx"
import { NAV } from "../shell/nav.ts"
import { usePerson } from "../shell/person.tsx"
import { find, type Target, toTargets } from "./find.ts"

const ICONS: Record<Target["kind"], IconName> = { page: "right", subsystem: "grid", metric: "chart" }

/** Search by keyboard: what was first recorded a second ago is found too. */
export function Palette({ onClose }: { onClose: () => void }) {
  const router = useRouter()
  const { role } = usePerson()
  const { entries } = useCatalog({}, 1_000)
  const [text, setText] = useState("")
  const [chosen, setChosen] = useState(0)
  const dialog = useRef<HTMLDialogElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const targets = useMemo(
    () =>
      toTargets(
        entries ?? [],
        NAV.filter((item) => mayAs(role, item.role)),
      ),
    [entries, role],
  )
  const found = useMemo(() => find(targets, text), [targets, text])
  const at = Math.min(chosen, Math.max(found.length - 1, 0))
  useEffect(() => dialog.current?.showModal(), [])
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" })
  }, [at])
  const open = (target: Target | undefined): void => {
    if (!target) return
    onClose()
    router.push(target.href)
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown") setChosen((at + 1) % Math.max(found.length, 1))
    else if (event.key === "ArrowUp") setChosen((at - 1 + found.length) % Math.max(found.length, 1))
    else if (event.key === "Enter") open(found[at])
    else return
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard's way out is Escape, which the dialog has by itself
    <dialog
      ref={dialog}
      aria-label="Search"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
      className="mt-[10dvh] w-[calc(100vw-1.5rem)] max-w-xl overflow-hidden rounded-xl bg-surface p-0 text-ink shadow-high"
    >
      <div className="flex items-center gap-2.5 border-line border-b px-4">
        <Icon name="search" className="text-ink-3" />
        <input
          autoFocus
          role="combobox"
          aria-label="Search subsystems, metrics and pages"
          aria-expanded="true"
          aria-controls="search-results"
          aria-activedescendant={found[at] ? `found-${at}` : undefined}
          placeholder="Search subsystems, metrics and pages"
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setChosen(0)
          }}
          onKeyDown={onKey}
          className="h-12 w-full bg-transparent text-[15px] outline-none placeholder:text-ink-3"
        />
        <kbd className="rounded border border-line px-1.5 text-[11px] text-ink-3">Esc</kbd>
      </div>
      <div
        ref={list}
        id="search-results"
        role="listbox"
        aria-label="Results"
        className="max-h-[60dvh] overflow-y-auto p-1.5"
      >
        {found.map((target, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and its Enter opens what is chosen
          <div
            key={`${target.kind}${target.href}${target.about}`}
            id={`found-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            onClick={() => open(target)}
            onMouseMove={() => setChosen(i)}
            className={`flex cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1.5 ${i === at ? "bg-accent-soft" : ""}`}
          >
            <Icon name={ICONS[target.kind]} className="text-ink-3" />
            <span className="min-w-0 flex-1 truncate">{target.name}</span>
            <span className="shrink-0 truncate text-ink-3 text-xs">{target.about}</span>
          </div>
        ))}
        {found.length === 0 && (
          <p className="px-3 py-6 text-center text-[13px] text-ink-3">
            {entries === null
              ? "Looking …"
              : "Nothing has this name yet. A new metric is found a second after it is first recorded."}
          </p>
        )}
      </div>
    </dialog>
  )
}
