"use client"
import type { OnCallDocuments, OnCallKind } from "@ossagent/wire"
import { type FormEvent, type ReactNode, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Dialog } from "../piece/dialog.tsx"
import { Failure } from "../piece/panel.tsx"
import { AskError } from "../question/ask.ts"
import { useTell } from "../shell/notice.tsx"
import { useDocumentActs } from "./use-documents.ts"

interface DocumentDialogProps<K extends OnCallKind> {
  kind: K
  /** Null: a new one. */
  id: string | null
  title: string
  /** What is to be saved. Throws Error that says in words what is missing. */
  toBody: () => OnCallDocuments[K]
  onClose: () => void
  /** Takes a fault that belongs to one field, so that it is said there. Returns whether it did. */
  onFault?: (error: AskError) => boolean
  children: ReactNode
}

/** The frame of every form about people: saves, says what is wrong, closes. */
export function DocumentDialog<K extends OnCallKind>(props: DocumentDialogProps<K>) {
  const { kind, id, title, toBody, onClose, onFault, children } = props
  const tell = useTell()
  const { save } = useDocumentActs()
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)
  async function send(event: FormEvent): Promise<void> {
    event.preventDefault()
    setBusy(true)
    try {
      const body = toBody()
      await save(kind, id, body)
      tell(`Saved: ${body.name}`)
      onClose()
    } catch (fault) {
      const isSaid = fault instanceof AskError && onFault?.(fault) === true
      setError(isSaid ? null : (fault as Error))
      setBusy(false)
    }
  }
  return (
    <Dialog title={title} onClose={onClose} wide>
      <form onSubmit={(event) => void send(event)} className="space-y-4">
        {children}
        {error && <Failure error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" disabled={busy}>
            {busy ? "Saving …" : "Save"}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
