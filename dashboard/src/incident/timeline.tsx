"use client"
import type { IncidentEvent, IncidentEventKind } from "@ossagent/wire"
import { useState } from "react"
import { Badge, type Tone } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { Panel } from "../piece/panel.tsx"
import { When } from "../time/picker.tsx"

const KINDS: Record<IncidentEventKind, [Tone, string]> = {
  opened: ["bad", "opened"],
  alarm: ["plain", "alarm"],
  culprit: ["info", "culprit"],
  severity: ["warn", "severity"],
  told: ["info", "told"],
  quiet: ["plain", "quiet"],
  escalated: ["warn", "escalated"],
  repeated: ["info", "told again"],
  acknowledged: ["warn", "acknowledged"],
  reopened: ["bad", "reopened"],
  note: ["plain", "note"],
  feedback: ["plain", "verdict"],
  resolved: ["ok", "resolved"],
}
const SHOWN = 50

/** What happened, who did it and why, the newest first. */
export function Timeline({ events }: { events: readonly IncidentEvent[] }) {
  const [all, setAll] = useState(false)
  const newest = events.toReversed()
  const shown = all ? newest : newest.slice(0, SHOWN)
  return (
    <Panel aria-label="Timeline">
      <h2 className="px-4 pt-3 font-semibold text-[15px]">Timeline</h2>
      <ol data-testid="timeline" className="px-4 py-3">
        {shown.map(({ id, at, kind, actor, text }) => (
          <li key={id} className="relative border-line border-l pb-4 pl-4 last:pb-1">
            <span aria-hidden="true" className="absolute top-1.5 -left-1 size-2 rounded-full bg-ink-3" />
            <div className="flex flex-wrap items-center gap-2">
              <Badge tone={KINDS[kind][0]}>{KINDS[kind][1]}</Badge>
              <span className="text-ink-3 text-xs break-all">
                <When at={at} /> · {actor}
              </span>
            </div>
            {text && <p className="mt-1 text-[13px] break-words whitespace-pre-line">{text}</p>}
          </li>
        ))}
      </ol>
      {!all && newest.length > SHOWN && (
        <div className="px-4 pb-3">
          <Button onClick={() => setAll(true)}>Show all {newest.length}</Button>
        </div>
      )}
    </Panel>
  )
}
