"use client"
import type { Silence } from "@ossagent/wire"
import { useState } from "react"
import { MatcherList } from "../matcher/matcherlist.tsx"
import { Badge } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { call } from "../question/ask.ts"
import { useAttempt } from "../shell/notice.tsx"
import { formatInstant, formatShort, formatSpan } from "../time/clock.ts"
import { useNow, useZone } from "../time/provider.tsx"

interface RowProps {
  silence: Silence
  may: boolean
  onEnded: () => void
}

export function SilenceRow({ silence, may, onEnded }: RowProps) {
  const { id, matchers, until, reason, createdBy, createdAt, endedAt } = silence
  const { zone } = useZone()
  const now = useNow(1_000)
  const attempt = useAttempt()
  const [busy, setBusy] = useState(false)
  const active = now > 0 && endedAt === null && until > now
  async function end(): Promise<void> {
    setBusy(true)
    await attempt("The silence has ended.", () =>
      call(`/api/alerting/silences/${encodeURIComponent(id)}`, { method: "DELETE" }),
    )
    setBusy(false)
    onEnded()
  }
  return (
    <li
      data-testid="silence"
      data-active={active}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 hover:bg-sunken/60"
    >
      <div className="min-w-0 flex-1 basis-72">
        <MatcherList matchers={matchers} />
        <p className="mt-1 break-words">{reason}</p>
        {now > 0 && (
          <p className="text-ink-3 text-xs">
            by {createdBy}, {formatShort(createdAt, zone)}
          </p>
        )}
      </div>
      {now > 0 && (
        <div className="text-[13px] sm:text-right" title={formatInstant(endedAt ?? until, zone)}>
          {active ? (
            <Badge tone="info" icon="mute">
              active, {formatSpan(until - now)} left
            </Badge>
          ) : (
            <Badge>{endedAt === null ? "run out" : "ended"}</Badge>
          )}
          <p className="mt-0.5 text-ink-3 text-xs">
            {active ? "until" : "at"} {formatShort(Math.min(endedAt ?? until, until), zone)}
          </p>
        </div>
      )}
      {may && active && (
        <Button look="danger" disabled={busy} onClick={() => void end()} aria-label={`End the silence: ${reason}`}>
          End now
        </Button>
      )}
    </li>
  )
}
