"use client"
import type { OnCallKind } from "@ossagent/wire"
import type { ReactNode } from "react"
import { Badge } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { Failure, Panel, SkeletonRows } from "../piece/panel.tsx"
import { useMay } from "../shell/person.tsx"
import { When } from "../time/picker.tsx"
import { DocumentActions } from "./documentactions.tsx"
import { type Item, useDocuments } from "./use-documents.ts"

interface DocumentListProps<K extends OnCallKind> {
  kind: K
  title: string
  about: ReactNode
  /** What the button says that makes one. */
  add: string
  onAdd: () => void
  onEdit: (item: Item<K>) => void
  empty: ReactNode
  badges?: (item: Item<K>) => ReactNode
  row: (item: Item<K>) => ReactNode
  /** More to press than change and remove. */
  actions?: (item: Item<K>) => ReactNode
  consequence: (item: Item<K>) => ReactNode
}

/** Documents of one kind in a panel: what they say, who changed them, and what can be done with them. */
export function DocumentList<K extends OnCallKind>(props: DocumentListProps<K>) {
  const { kind, title, about, add, onAdd, onEdit, empty, badges, row, actions, consequence } = props
  const may = useMay("operator")
  const { items, error, refresh } = useDocuments(kind)
  return (
    <Panel aria-label={title} className="overflow-hidden">
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-line border-b px-4 py-2.5">
        <div className="min-w-0 flex-1 basis-60">
          <h2 className="font-semibold text-[15px]">{title}</h2>
          <p className="text-ink-3 text-xs">{about}</p>
        </div>
        {may && (
          <Button icon="plus" onClick={onAdd}>
            {add}
          </Button>
        )}
      </header>
      {error && <Failure error={error} onRetry={refresh} />}
      {items === null && !error && <SkeletonRows count={2} />}
      {items?.length === 0 && empty}
      <ul className="divide-y divide-line">
        {items?.map((item) => (
          <li key={item.id} data-testid={kind} className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
            <div className="min-w-0 flex-1 basis-64">
              <div className="mb-1 flex flex-wrap items-center gap-1.5">
                <span className="font-medium break-words">{item.name}</span>
                {badges?.(item)}
                {item.builtIn && <Badge>built in</Badge>}
              </div>
              {row(item)}
              {item.updatedBy !== "built-in" && (
                <p className="mt-1 text-ink-3 text-xs break-words">
                  changed by {item.updatedBy}, <When at={item.updatedAt} />
                </p>
              )}
            </div>
            {may && (
              <div className="flex flex-wrap items-center gap-1">
                {actions?.(item)}
                <DocumentActions kind={kind} item={item} onEdit={() => onEdit(item)} consequence={consequence(item)} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
