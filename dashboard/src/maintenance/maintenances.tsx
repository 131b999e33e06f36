"use client"
import type { Maintenance } from "@ossagent/wire"
import { useState } from "react"
import { DocumentList } from "../document/documentlist.tsx"
import type { Item } from "../document/use-documents.ts"
import { MatcherList } from "../matcher/matcherlist.tsx"
import { Empty } from "../piece/panel.tsx"
import { describeDays, describeLocal, describeMinutes } from "../time/days.ts"
import { MaintenanceDialog } from "./maintenancedialog.tsx"

/** `every Sat, Sun at 02:00 for 2 h, from 2 Nov 2026 (Europe/Berlin)`. */
export function describeMaintenance({ repeat, days, start, durationMin, timeZone, until }: Maintenance): string {
  const length = describeMinutes(durationMin)
  if (repeat === "none") return `${describeLocal(start)} for ${length} (${timeZone})`
  const when = repeat === "daily" ? "every day" : `every ${describeDays(days)}`
  const last = until ? `, last on ${until}` : ""
  return `${when} at ${start.slice(11)} for ${length}, from ${start.slice(0, 10)}${last} (${timeZone})`
}

/** Planned work: what fires then is recorded, and nobody is told. */
export function MaintenanceSection() {
  const [editing, setEditing] = useState<Item<"maintenance"> | "new" | null>(null)
  return (
    <>
      <DocumentList
        kind="maintenance"
        title="Maintenance windows"
        about="Planned work, once or again and again: what fires then is recorded, and nobody is told"
        add="New maintenance window"
        onAdd={() => setEditing("new")}
        onEdit={setEditing}
        empty={
          <Empty icon="clock" title="No maintenance is planned">
            Work that comes again, such as a backup every night, is better a window here than a silence each time.
          </Empty>
        }
        row={(item) => (
          <div className="space-y-1 text-[13px]">
            <p className="text-ink-2">{describeMaintenance(item)}</p>
            <MatcherList matchers={item.matchers} none="every alarm" />
          </div>
        )}
        consequence={() => "People are told of what it covers again, from now on."}
      />
      {editing && <MaintenanceDialog item={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </>
  )
}
