"use client"
import { useState } from "react"
import { DocumentList } from "../document/documentlist.tsx"
import type { Item } from "../document/use-documents.ts"
import { MatcherList } from "../matcher/matcherlist.tsx"
import { Empty } from "../piece/panel.tsx"
import { InhibitionDialog } from "./inhibitiondialog.tsx"

/** Alarms that say nothing new while their cause fires. */
export function InhibitionSection() {
  const [editing, setEditing] = useState<Item<"inhibition"> | "new" | null>(null)
  return (
    <>
      <DocumentList
        kind="inhibition"
        title="Causes and effects"
        about="While an alarm that is a cause fires, nobody is told of its effects"
        add="New cause and effect"
        onAdd={() => setEditing("new")}
        onEdit={setEditing}
        empty={
          <Empty icon="mute" title="Nothing is known as the cause of something else">
            Say which alarms explain which others: a database that is down explains the errors of those that use it.
          </Empty>
        }
        row={(item) => (
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-3 gap-y-1 text-[13px]">
            <dt className="text-ink-3">While</dt>
            <dd>
              <MatcherList matchers={item.source} />
            </dd>
            <dt className="text-ink-3">nobody is told of</dt>
            <dd>
              <MatcherList matchers={item.target} none="any other alarm" />
            </dd>
            {item.equal.length > 0 && (
              <>
                <dt className="text-ink-3">of the same</dt>
                <dd className="text-ink-2">{item.equal.join(", ")}</dd>
              </>
            )}
          </dl>
        )}
        consequence={() => "People are told of its effects too, from now on."}
      />
      {editing && <InhibitionDialog item={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </>
  )
}
