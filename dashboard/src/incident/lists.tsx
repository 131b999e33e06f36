"use client"
import type { Alarm, Incident } from "@ossagent/wire"
import Link from "next/link"
import { useState } from "react"
import { describeGroup } from "../alarm/words.ts"
import { Badge, SeverityBadge, StateBadge } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { Panel } from "../piece/panel.tsx"
import { formatSpan } from "../time/clock.ts"
import { When } from "../time/picker.tsx"
import { incidentHref } from "./words.ts"

const SHOWN = 20

interface MembersProps {
  alarms: readonly Alarm[]
  suspectId: string | null
  /** How many there are in all; the door sends the open ones first and not endlessly many. */
  total: number
}

/** The alarms that belong to it, the primary suspect marked. */
export function Members({ alarms, suspectId, total }: MembersProps) {
  const [all, setAll] = useState(false)
  const shown = all ? alarms : alarms.slice(0, SHOWN)
  return (
    <Panel aria-label="Its alarms" className="overflow-hidden">
      <h2 className="border-line border-b px-4 py-2.5 font-semibold text-[15px]">Its alarms</h2>
      {alarms.length === 0 && <p className="px-4 py-3 text-[13px] text-ink-3">They were removed.</p>}
      <ul data-testid="members" className="divide-y divide-line">
        {shown.map((alarm) => (
          <li key={alarm.id} className="px-4 py-2 text-[13px]">
            <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <SeverityBadge severity={alarm.severity} />
              <StateBadge state={alarm.state} />
              {alarm.id === suspectId && alarms.length > 1 && <Badge tone="info">suspect</Badge>}
              <Link href={`/alarms/${alarm.id}`} prefetch={false} className="min-w-0 flex-1 basis-56 hover:underline">
                <span className="break-words">{alarm.title}</span>
              </Link>
              <span className="text-ink-3 text-xs">
                <When at={alarm.startedAt} />
              </span>
            </div>
            <p className="mt-0.5 text-ink-3 text-xs break-words">
              {alarm.ruleName} · {describeGroup(alarm)}
            </p>
          </li>
        ))}
      </ul>
      {(shown.length < alarms.length || total > alarms.length) && (
        <p className="flex flex-wrap items-center gap-3 border-line border-t px-4 py-2 text-[13px] text-ink-3">
          {shown.length < alarms.length && <Button onClick={() => setAll(true)}>Show {alarms.length}</Button>}
          {total > alarms.length && `${total.toLocaleString("en")} in all`}
        </p>
      )}
    </Panel>
  )
}

/** Past incidents of the same alarms: what helped then may help now. */
export function Similar({ incidents }: { incidents: readonly Incident[] }) {
  return (
    <Panel aria-label="Similar incidents" className="overflow-hidden">
      <h2 className="border-line border-b px-4 py-2.5 font-semibold text-[15px]">Similar ones before</h2>
      {incidents.length === 0 && <p className="px-4 py-3 text-[13px] text-ink-3">None: it is the first of its kind.</p>}
      <ul className="divide-y divide-line">
        {incidents.map(({ id, title, startedAt, resolvedAt, state }) => (
          <li key={id} className="px-4 py-2 text-[13px]">
            <Link href={incidentHref(id)} prefetch={false} className="break-words hover:text-accent hover:underline">
              {title}
            </Link>
            <p className="text-ink-3 text-xs">
              #{id} · <When at={startedAt} />
              {resolvedAt === null ? ` · ${state}` : ` for ${formatSpan(resolvedAt - startedAt)}`}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
