"use client"
import { type FormEvent, type ReactNode, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Failure, Panel, SkeletonRows } from "../piece/panel.tsx"

interface SectionProps {
  title: string
  about: string
  /** Null: may not add, or there is nothing to be added to. */
  add: { label: string; onAdd: () => void } | null
  error: Error | null
  onRetry: () => void
  /** Null while it is on its way. */
  count: number | null
  /** Said when there is nothing. */
  none: string
  children: ReactNode
}

/** A list of what people set, with a way to add to it. */
export function Section({ title, about, add, error, onRetry, count, none, children }: SectionProps) {
  return (
    <Panel aria-label={title} className="overflow-hidden">
      <header className="flex flex-wrap items-start justify-between gap-2 border-line border-b px-4 py-2.5">
        <div className="min-w-0 flex-1 basis-64">
          <h2 className="font-semibold text-[15px]">{title}</h2>
          <p className="text-ink-3 text-xs">{about}</p>
        </div>
        {add && (
          <Button icon="plus" onClick={add.onAdd}>
            {add.label}
          </Button>
        )}
      </header>
      {error && (
        <div className="p-3">
          <Failure error={error} onRetry={onRetry} />
        </div>
      )}
      {count === null && !error && <SkeletonRows count={1} />}
      {count === 0 && <p className="px-4 py-3 text-[13px] text-ink-3">{none}</p>}
      {count !== null && count > 0 && <ul className="divide-y divide-line">{children}</ul>}
    </Panel>
  )
}

interface FormProps {
  title: string
  action: string
  children: ReactNode
  /** Throws what is to be shown. */
  onSave: () => Promise<void>
  onClose: () => void
}

/** A form in a window: stays open and says why when it cannot be saved. */
export function FormDialog({ title, action, children, onSave, onClose }: FormProps) {
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)
  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    setBusy(true)
    try {
      await onSave()
      onClose()
    } catch (failed) {
      setError(failed as Error)
      setBusy(false)
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void save(event)} className="space-y-4">
        {children}
        {error && <Failure error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={busy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

interface LineProps {
  testId: string
  head: ReactNode
  why: string
  about: ReactNode
  /** Null: may not. */
  end: { label: string; name: string; onEnd: () => void } | null
}

/** One thing that somebody set. */
export function SettingLine({ testId, head, why, about, end }: LineProps) {
  return (
    <li data-testid={testId} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 hover:bg-sunken/60">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium break-words">{head}</p>
        <p className="text-[13px] text-ink-2 break-words">{why}</p>
        <p className="text-ink-3 text-xs">{about}</p>
      </div>
      {end && (
        <Button look="danger" aria-label={end.name} onClick={end.onEnd}>
          {end.label}
        </Button>
      )}
    </li>
  )
}
