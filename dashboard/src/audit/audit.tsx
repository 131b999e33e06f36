"use client"
import type { AuditEntry } from "@ossagent/wire"
import { useState } from "react"
import { Button } from "../piece/button.tsx"
import { Input } from "../piece/field.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { formatInstant, formatShort } from "../time/clock.ts"
import { useNow, useZone } from "../time/provider.tsx"
import { useAudit } from "./use-audit.ts"

/** Who changed what: users, rules, silences, alarms. */
export function Audit() {
  const { entries, error, more, busy, refresh } = useAudit()
  const [text, setText] = useState("")
  const shown = entries?.filter((entry) => has(entry, text)) ?? null
  return (
    <>
      <PageHead title="Audit" about="Who changed what, newest first">
        <Input
          type="search"
          aria-label="Filter the audit"
          placeholder="Filter by person, action, detail …"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="!w-72"
        />
      </PageHead>
      <div className="space-y-4">
        {error && <Failure error={error} onRetry={refresh} />}
        <Panel aria-label="Changes" className="overflow-hidden">
          {shown === null && !error && <SkeletonRows />}
          {shown?.length === 0 && <Nothing text={text} onClear={() => setText("")} isMore={more !== null} />}
          {shown !== null && shown.length > 0 && <Entries entries={shown} />}
        </Panel>
        {more && (
          <div className="flex justify-center">
            <Button onClick={more} disabled={busy}>
              {busy ? "Loading …" : "Show older changes"}
            </Button>
          </div>
        )}
      </div>
    </>
  )
}

const has = ({ actor, action, detail }: AuditEntry, text: string): boolean =>
  `${actor} ${action} ${detail}`.toLowerCase().includes(text.trim().toLowerCase())

function Nothing({ text, onClear, isMore }: { text: string; onClear: () => void; isMore: boolean }) {
  if (text.trim() === "")
    return (
      <Empty icon="audit" title="Nothing has been changed yet">
        Changes of users, rules, silences and alarms appear here.
      </Empty>
    )
  return (
    <Empty icon="search" title={`No change has “${text.trim()}” in it`}>
      <p>{isMore ? "Only the changes loaded so far were searched." : "All changes were searched."}</p>
      <Button onClick={onClear} className="mt-3">
        Clear the filter
      </Button>
    </Empty>
  )
}

function Entries({ entries }: { entries: readonly AuditEntry[] }) {
  return (
    <table className="w-full table-fixed text-left text-[13px]">
      <thead className="border-line border-b text-ink-3 text-xs max-md:sr-only">
        <tr>
          <th scope="col" className="w-44 px-4 py-2 font-medium">
            Time
          </th>
          <th scope="col" className="w-64 px-4 py-2 font-medium">
            Person
          </th>
          <th scope="col" className="w-44 px-4 py-2 font-medium">
            Action
          </th>
          <th scope="col" className="px-4 py-2 font-medium">
            Detail
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {entries.map((entry) => (
          <EntryRow key={entry.id} entry={entry} />
        ))}
      </tbody>
    </table>
  )
}

const CELL = "block px-4 break-words align-top md:table-cell md:py-2"

function EntryRow({ entry }: { entry: AuditEntry }) {
  const { zone } = useZone()
  const now = useNow(60_000)
  return (
    <tr data-testid="audit-entry" className="block py-2 hover:bg-sunken/60 md:table-row md:py-0">
      <td className={`${CELL} text-ink-3`}>
        {now > 0 && (
          <time dateTime={new Date(entry.at).toISOString()} title={formatInstant(entry.at, zone)}>
            {formatShort(entry.at, zone)}
          </time>
        )}
      </td>
      <td className={CELL}>{entry.actor}</td>
      <td className={`${CELL} font-medium`}>{entry.action}</td>
      <td className={`${CELL} text-ink-2`}>{entry.detail}</td>
    </tr>
  )
}
