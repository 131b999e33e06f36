"use client"
import { type ReactNode, useState } from "react"
import { Button } from "./button.tsx"
import { Dialog } from "./dialog.tsx"
import { Failure } from "./panel.tsx"

interface ConfirmProps {
  title: string
  /** What the button says. */
  action: string
  /** What will happen. */
  children: ReactNode
  /** Says whether it went well; then the window closes. */
  onConfirm: () => Promise<boolean>
  onClose: () => void
  /** Why it did not go well. */
  error?: Error | null
}

/** Asks before something that is not undone by a press of the same button. */
export function Confirm({ title, action, children, onConfirm, onClose, error }: ConfirmProps) {
  const [busy, setBusy] = useState(false)
  async function confirm(): Promise<void> {
    setBusy(true)
    if (await onConfirm()) onClose()
    else setBusy(false)
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="text-[13px] text-ink-2">{children}</p>
      {error && (
        <div className="mt-3">
          <Failure error={error} />
        </div>
      )}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" onClick={() => void confirm()} disabled={busy}>
          {action}
        </Button>
      </div>
    </Dialog>
  )
}
