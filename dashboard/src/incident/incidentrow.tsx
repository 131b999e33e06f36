"use client"
import type { Incident } from "@ossagent/wire"
import Link from "next/link"
import { Button } from "../piece/button.tsx"
import { formatSpan } from "../time/clock.ts"
import { When } from "../time/picker.tsx"
import { IncidentState } from "./state.tsx"
import { describeAlarms, incidentHref } from "./words.ts"

interface IncidentRowProps {
  incident: Incident
  now: number
  chosen: boolean
  /** Left out for those who may only read. */
  onAcknowledge?: () => void
}

export function IncidentRow({ incident, now, chosen, onAcknowledge }: IncidentRowProps) {
  const { id, title, culprit, quiet, startedAt, resolvedAt, acknowledgedBy, state } = incident
  return (
    <li
      id={`incident-${id}`}
      data-testid="incident"
      data-state={state}
      aria-current={chosen ? "true" : undefined}
      className={`flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3 ${chosen ? "bg-accent-soft/60 shadow-[inset_3px_0_0_var(--accent)]" : ""}`}
    >
      <div className="min-w-0 flex-1 basis-72">
        <div className="mb-1 flex flex-wrap items-center gap-1.5">
          <IncidentState incident={incident} />
          <span className="text-ink-3 text-xs">
            #{id} · {describeAlarms(incident)}
          </span>
        </div>
        <Link
          href={incidentHref(id)}
          prefetch={false}
          className="font-medium break-words hover:text-accent hover:underline"
        >
          {title}
        </Link>
        {culprit && <p className="mt-0.5 text-[13px] text-ink-2 break-words">{culprit.text}</p>}
        {quiet !== null && <p className="mt-0.5 text-[13px] text-ink-3 break-words">Nobody is told: {quiet}</p>}
      </div>
      <div className="flex flex-col items-start gap-2 sm:items-end">
        <p className="text-ink-3 text-xs">
          <When at={startedAt} />
          {now > 0 &&
            (resolvedAt === null
              ? ` · ${formatSpan(now - startedAt)} so far`
              : ` for ${formatSpan(resolvedAt - startedAt)}`)}
          {acknowledgedBy && state !== "resolved" && <> · {acknowledgedBy} has it</>}
        </p>
        {onAcknowledge && state === "firing" && (
          <Button icon="check" onClick={onAcknowledge} aria-label={`Acknowledge: ${title}`}>
            Acknowledge
          </Button>
        )}
      </div>
    </li>
  )
}
