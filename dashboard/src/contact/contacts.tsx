"use client"
import { useState } from "react"
import { DocumentList } from "../document/documentlist.tsx"
import type { Item } from "../document/use-documents.ts"
import { Badge } from "../piece/badge.tsx"
import { Empty } from "../piece/panel.tsx"
import { ContactDialog } from "./contactdialog.tsx"
import { describeAddresses, describePreference, LANGUAGES, NO_PREFERENCE } from "./words.ts"

/** People and teams that can be told, where and how they want to be. */
export function Contacts() {
  const [editing, setEditing] = useState<Item<"contact"> | "new" | null>(null)
  return (
    <>
      <DocumentList
        kind="contact"
        title="Contacts"
        about="Who can be told, at which addresses, in which language, and how by severity and hour"
        add="New contact"
        onAdd={() => setEditing("new")}
        onEdit={setEditing}
        empty={
          <Empty icon="person" title="Nobody can be told yet">
            Make a contact for everybody who takes turns, with an e-mail address, a phone number or a name in the IM.
          </Empty>
        }
        badges={(item) => <Badge>{LANGUAGES.find(({ value }) => value === item.language)?.label}</Badge>}
        row={(item) => (
          <div className="space-y-0.5 text-[13px] text-ink-2">
            <p className="break-words">
              {describeAddresses(item) || "no address: cannot be told"} · {item.timeZone}
            </p>
            {item.preferences.length === 0 && <p className="text-ink-3">{NO_PREFERENCE}</p>}
            {item.preferences.map((one, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a preference is known by its place
              <p key={i}>{describePreference(one)}</p>
            ))}
          </div>
        )}
        consequence={(item) => (
          <>
            <b>{item.name}</b> is told of nothing any more. A contact that a schedule or a policy names cannot be
            removed.
          </>
        )}
      />
      {editing && <ContactDialog item={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </>
  )
}
