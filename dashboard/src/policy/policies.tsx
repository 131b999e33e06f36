"use client"
import type { Policy } from "@ossagent/wire"
import Link from "next/link"
import { useState } from "react"
import { DocumentList } from "../document/documentlist.tsx"
import type { Item } from "../document/use-documents.ts"
import { useNames } from "../oncall/use-names.ts"
import { Empty } from "../piece/panel.tsx"
import { describeMinutes } from "../time/days.ts"
import { PolicyDialog } from "./policydialog.tsx"

/** Who is told first, and who next when nobody acknowledges. */
export function Policies() {
  const [editing, setEditing] = useState<Item<"policy"> | "new" | null>(null)
  return (
    <>
      <DocumentList
        kind="policy"
        title="Escalation policies"
        about="Who is told first, and who next when nobody acknowledges"
        add="New policy"
        onAdd={() => setEditing("new")}
        onEdit={setEditing}
        empty={
          <Empty icon="rule" title="There is no policy">
            Make one, then name it in the{" "}
            <Link prefetch={false} href="/oncall/routes" className="text-accent underline">
              routes
            </Link>
            .
          </Empty>
        }
        row={(item) => <PolicyLines policy={item} />}
        consequence={(item) => (
          <>
            Nobody is told by <b>{item.name}</b> any more. A policy that a route names cannot be removed.
          </>
        )}
      />
      {editing && <PolicyDialog item={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </>
  )
}

function PolicyLines({ policy }: { policy: Policy }) {
  const { nameOf } = useNames()
  return (
    <div className="space-y-0.5 text-[13px] text-ink-2">
      <ol>
        {policy.steps.map(({ afterMin, targets }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place
          <li key={i} className="break-words">
            <span className="text-ink-3">
              {i === 0 && afterMin === 0
                ? "at once"
                : `${describeMinutes(afterMin)} ${i === 0 ? "after it fires" : "later"}`}
              :
            </span>{" "}
            {targets
              .map(({ kind, id }) => (kind === "schedule" ? `on call in ${nameOf(kind, id)}` : nameOf(kind, id)))
              .join(", ")}
          </li>
        ))}
      </ol>
      <p className="text-ink-3 text-xs">{describeRest(policy)}</p>
    </div>
  )
}

function describeRest({ rounds, repeatMin, ackMin, tellResolved }: Policy): string {
  return [
    rounds === 0 ? "gone through once" : `gone through ${rounds + 1} times`,
    repeatMin === 0 ? "not repeated" : `told again every ${describeMinutes(repeatMin)} while it fires`,
    ackMin === 0 ? "an acknowledgement holds" : `an acknowledgement holds ${describeMinutes(ackMin)}`,
    tellResolved ? "told when it is over" : "not told when it is over",
  ].join(" · ")
}
