"use client"
import type { Alarm } from "@ossagent/wire"
import Link from "next/link"
import { SeverityBadge, StateBadge } from "../piece/badge.tsx"
import { Icon } from "../piece/icon.tsx"
import { Skeleton } from "../piece/panel.tsx"
import { formatSpan } from "../time/clock.ts"
import { useNow } from "../time/provider.tsx"
import { byUrgency } from "./use-alarms.ts"

const MOST = 4

/** Open alarms in a few lines, the most urgent first; a quiet line when there are none. */
export function AlarmStrip({ alarms }: { alarms: Alarm[] | null }) {
  const now = useNow(1_000)
  if (alarms === null) return <Skeleton className="h-10 rounded-lg" />
  const open = alarms.filter(({ state }) => state !== "pending").sort(byUrgency)
  if (open.length === 0)
    return (
      <p
        data-testid="alarm-strip"
        className="flex items-center gap-2 rounded-lg bg-ok-soft px-3 py-2 text-[13px] text-ok"
      >
        <Icon name="check" /> No open alarms
      </p>
    )
  return (
    <section
      data-testid="alarm-strip"
      aria-label="Open alarms"
      className="overflow-hidden rounded-lg border border-line bg-surface"
    >
      <ul className="divide-y divide-line">
        {open.slice(0, MOST).map((alarm) => (
          <li key={alarm.id}>
            <Link
              prefetch={false}
              href={`/alarms/${alarm.id}`}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 outline-offset-[-2px] hover:bg-sunken/60"
            >
              <SeverityBadge severity={alarm.severity} />
              <span className="min-w-0 flex-1 basis-60 truncate font-medium">{alarm.title}</span>
              {alarm.state === "acknowledged" && <StateBadge state="acknowledged" />}
              <span className="text-ink-3 text-xs">{now > 0 && `for ${formatSpan(now - alarm.startedAt)}`}</span>
            </Link>
          </li>
        ))}
      </ul>
      {open.length > MOST && (
        <Link
          prefetch={false}
          href="/alarms"
          className="block border-line border-t px-3 py-1.5 text-[13px] text-accent hover:underline"
        >
          and {open.length - MOST} more
        </Link>
      )}
    </section>
  )
}
