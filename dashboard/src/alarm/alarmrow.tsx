"use client"
import type { Alarm } from "@ossagent/wire"
import Link from "next/link"
import { incidentHref } from "../incident/words.ts"
import { SeverityBadge, StateBadge } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { formatSpan } from "../time/clock.ts"
import { When } from "../time/picker.tsx"
import type { Verb } from "./act.ts"
import { QuietBadges } from "./quiet.tsx"

interface AlarmRowProps {
  alarm: Alarm
  now: number
  chosen: boolean
  /** Left out for those who may only read. */
  onAct?: (verb: Verb) => void
  onSilence: () => void
}

export function AlarmRow({ alarm, now, chosen, onAct, onSilence }: AlarmRowProps) {
  const over = alarm.state === "resolved"
  return (
    <li
      id={`alarm-${alarm.id}`}
      data-testid="alarm"
      data-state={alarm.state}
      data-severity={alarm.severity}
      aria-current={chosen ? "true" : undefined}
      className={`flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3 ${chosen ? "bg-accent-soft/60 shadow-[inset_3px_0_0_var(--accent)]" : ""}`}
    >
      <div className="min-w-0 flex-1 basis-72">
        <div className="mb-1 flex flex-wrap items-center gap-1.5">
          <SeverityBadge severity={alarm.severity} />
          <StateBadge state={alarm.state} />
          <QuietBadges alarm={alarm} />
          <span className="text-ink-3 text-xs">{alarm.ruleName}</span>
        </div>
        <Link
          href={`/alarms/${alarm.id}`}
          prefetch={false}
          className="font-medium break-words hover:text-accent hover:underline"
        >
          {alarm.title}
        </Link>
        <p className="mt-0.5 text-[13px] text-ink-2 break-words">{alarm.why}</p>
      </div>
      <div className="flex flex-col items-start gap-2 sm:items-end">
        <p className="text-ink-3 text-xs">
          <When at={alarm.startedAt} />
          {now > 0 &&
            (over
              ? ` for ${formatSpan((alarm.resolvedAt ?? now) - alarm.startedAt)}`
              : ` · ${formatSpan(now - alarm.startedAt)} so far`)}
          {alarm.acknowledgedBy && !over && <> · {alarm.acknowledgedBy} has it</>}
          {alarm.incidentId && (
            <>
              {" · "}
              <Link href={incidentHref(alarm.incidentId)} prefetch={false} className="text-accent hover:underline">
                incident {alarm.incidentId}
              </Link>
            </>
          )}
        </p>
        {onAct && !over && (
          <div className="flex flex-wrap gap-1.5">
            {alarm.state === "firing" && (
              <Button icon="check" onClick={() => onAct("acknowledge")}>
                Acknowledge
              </Button>
            )}
            {!alarm.silencedBy && (
              <Button icon="mute" onClick={onSilence}>
                Silence
              </Button>
            )}
            <Button look="quiet" onClick={() => onAct("resolve")}>
              Resolve
            </Button>
          </div>
        )}
      </div>
    </li>
  )
}
