"use client"
import type { OnCallKind } from "@ossagent/wire"
import { type ReactNode, useState } from "react"
import { IconButton } from "../piece/button.tsx"
import { Confirm } from "../piece/confirm.tsx"
import { useTell } from "../shell/notice.tsx"
import { type Item, useDocumentActs } from "./use-documents.ts"

interface DocumentActionsProps<K extends OnCallKind> {
  kind: K
  item: Item<K>
  onEdit: () => void
  /** What it means that it goes. */
  consequence: ReactNode
}

/** Change and remove; what comes with the product stays. */
export function DocumentActions<K extends OnCallKind>({ kind, item, onEdit, consequence }: DocumentActionsProps<K>) {
  const tell = useTell()
  const { remove } = useDocumentActs()
  const [removing, setRemoving] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  async function confirm(): Promise<boolean> {
    try {
      await remove(kind, item.id)
      tell(`Removed: ${item.name}`)
      return true
    } catch (fault) {
      setError(fault as Error)
      return false
    }
  }
  return (
    <>
      <IconButton icon="edit" label={`Change ${item.name}`} onClick={onEdit} />
      {!item.builtIn && <IconButton icon="trash" label={`Remove ${item.name}`} onClick={() => setRemoving(true)} />}
      {removing && (
        <Confirm
          title={`Remove “${item.name}”?`}
          action="Remove"
          error={error}
          onConfirm={confirm}
          onClose={() => {
            setRemoving(false)
            setError(null)
          }}
        >
          {consequence}
        </Confirm>
      )}
    </>
  )
}
