"use client"
import { type ReactNode, useLayoutEffect, useRef } from "react"
import { IconButton } from "./button.tsx"

/** A modal window: the browser's own dialog keeps the focus inside and closes on Escape; then it goes back to what had opened it. */
export function Dialog({
  title,
  onClose,
  children,
  wide = false,
}: {
  title: string
  onClose: () => void
  children: ReactNode
  wide?: boolean
}) {
  const ref = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const dialog = ref.current
    const opener = document.activeElement
    dialog?.showModal()
    return () => {
      dialog?.close()
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true })
    }
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard's way out is Escape, which the dialog has by itself
    <dialog
      ref={ref}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === ref.current && onClose()}
      className={`!m-auto max-h-[90dvh] w-[calc(100vw-2rem)] overflow-y-auto rounded-xl bg-surface p-0 text-ink shadow-high ${wide ? "max-w-3xl" : "max-w-lg"}`}
    >
      <header className="sticky top-0 z-10 flex items-center justify-between gap-4 border-line border-b bg-surface px-5 py-3">
        <h2 className="font-semibold text-base">{title}</h2>
        <IconButton icon="close" label="Close" onClick={onClose} />
      </header>
      <div className="p-5">{children}</div>
    </dialog>
  )
}
