"use client"
import { useState } from "react"
import { LANGUAGES } from "../contact/words.ts"
import { DocumentList } from "../document/documentlist.tsx"
import type { Item } from "../document/use-documents.ts"
import { CHANNEL_NAMES, KIND_NAMES } from "../message/words.ts"
import { Badge } from "../piece/badge.tsx"
import { Empty } from "../piece/panel.tsx"
import { TemplateDialog } from "./templatedialog.tsx"

/** Users' own texts instead of the product's. */
export function Templates() {
  const [editing, setEditing] = useState<Item<"template"> | "new" | null>(null)
  return (
    <>
      <DocumentList
        kind="template"
        title="Templates"
        about="Your own text for one kind of message on one kind of channel, in one language"
        add="New template"
        onAdd={() => setEditing("new")}
        onEdit={setEditing}
        empty={
          <Empty icon="edit" title="Every message has the product’s own text">
            Write a template to say something else, such as whom to call. It is checked when it is saved.
          </Empty>
        }
        badges={({ message, channel, language }) => (
          <>
            <Badge tone="info">{KIND_NAMES[message]}</Badge>
            <Badge>{CHANNEL_NAMES[channel]}</Badge>
            <Badge>{LANGUAGES.find(({ value }) => value === language)?.label}</Badge>
          </>
        )}
        row={({ subject, body }) => (
          <p className="line-clamp-2 font-mono text-ink-2 text-xs break-words">
            {[subject, body].filter(Boolean).join(" · ")}
          </p>
        )}
        consequence={() => "The product’s own text is said again."}
      />
      {editing && <TemplateDialog item={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </>
  )
}
