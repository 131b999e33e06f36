"use client"
import type { OnCallNow } from "@ossagent/wire"
import Link from "next/link"
import { useState } from "react"
import { DocumentList } from "../document/documentlist.tsx"
import type { Item } from "../document/use-documents.ts"
import { useNames } from "../oncall/use-names.ts"
import { Badge } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { Empty } from "../piece/panel.tsx"
import { When } from "../time/picker.tsx"
import { useNow } from "../time/provider.tsx"
import { ScheduleDialog } from "./scheduledialog.tsx"
import { TakeOverDialog } from "./takeoverdialog.tsx"
import { useOnCall } from "./use-now.ts"
import { describeLayer } from "./words.ts"

/** Who takes turns: now, next, by which layers, and who took over. */
export function Schedules() {
  const [editing, setEditing] = useState<Item<"schedule"> | "new" | null>(null)
  const [taking, setTaking] = useState<Item<"schedule"> | null>(null)
  const onCall = useOnCall()
  return (
    <>
      <DocumentList
        kind="schedule"
        title="Schedules"
        about="Who is on call when; a policy names a schedule, and whoever has the turn is told"
        add="New schedule"
        onAdd={() => setEditing("new")}
        onEdit={setEditing}
        empty={
          <Empty icon="clock" title="Nobody takes turns yet">
            Make{" "}
            <Link prefetch={false} href="/oncall/contacts" className="text-accent underline">
              contacts
            </Link>{" "}
            first, then a schedule in which they take turns, then a{" "}
            <Link prefetch={false} href="/oncall/policies" className="text-accent underline">
              policy
            </Link>{" "}
            that names it.
          </Empty>
        }
        badges={(item) => <OnCall now={onCall.get(item.id)} />}
        row={(item) => <ScheduleLines item={item} now={onCall.get(item.id)} />}
        actions={(item) => (
          <Button icon="clock" onClick={() => setTaking(item)} aria-label={`Take over in ${item.name}`}>
            Take over
          </Button>
        )}
        consequence={(item) => (
          <>
            Nobody is on call by <b>{item.name}</b> any more. A schedule that a policy names cannot be removed.
          </>
        )}
      />
      {editing && <ScheduleDialog item={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
      {taking && <TakeOverDialog item={taking} onClose={() => setTaking(null)} />}
    </>
  )
}

function OnCall({ now }: { now: OnCallNow | undefined }) {
  if (!now) return null
  if (now.contactName === null)
    return (
      <Badge tone="bad" icon="warning">
        nobody is on call now
      </Badge>
    )
  return (
    <Badge tone="ok" icon="person">
      {now.contactName} is on call
    </Badge>
  )
}

function ScheduleLines({ item, now }: { item: Item<"schedule">; now: OnCallNow | undefined }) {
  const { nameOf } = useNames()
  const at = useNow(30_000)
  const contactName = (id: string): string => nameOf("contact", id)
  const overrides = item.overrides.filter(({ to }) => at > 0 && to > at)
  return (
    <div className="space-y-0.5 text-[13px] text-ink-2">
      {now && (
        <p>
          {now.until !== null && (
            <>
              until <When at={now.until} />
            </>
          )}
          {now.next && (
            <>
              {now.until !== null && "; "}
              next {now.next.contactName} from <When at={now.next.from} />
            </>
          )}
        </p>
      )}
      {item.layers.map((layer, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a layer is known by its place
        <p key={i} className="break-words">
          <span className="text-ink-3">{layer.name}:</span> {describeLayer(layer, contactName)}
        </p>
      ))}
      {overrides.map(({ contactId, from, to }) => (
        <p key={`${contactId} ${from}`}>
          <span className="text-ink-3">taken over:</span> {contactName(contactId)}, <When at={from} /> to{" "}
          <When at={to} />
        </p>
      ))}
      <p className="text-ink-3 text-xs">times of layers are of {item.timeZone}</p>
    </div>
  )
}
