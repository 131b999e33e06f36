"use client"
import type { Throttle, ThrottleState } from "@ossagent/wire"
import { useState } from "react"
import { formatValue } from "../number/unit.ts"
import { Badge, type Tone } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { Confirm } from "../piece/confirm.tsx"
import type { IconName } from "../piece/icon.tsx"
import { formatInstant, formatShort, formatSpan } from "../time/clock.ts"
import { useNow, useZone } from "../time/provider.tsx"
import { useGuardActs } from "./use-guard.ts"
import { describeDevice, describeEvidence, describeWhy } from "./words.ts"

const LOOKS: Record<ThrottleState, [Tone, IconName, string]> = {
  active: ["warn", "block", "in force"],
  expired: ["plain", "clock", "over"],
  released: ["ok", "check", "released"],
  "dry-run": ["info", "info", "dry run"],
}

/** One decision: who, why, on what evidence, for how long, and what came of it. */
export function ThrottleRow({ throttle, may }: { throttle: Throttle; may: boolean }) {
  const { version, why, evidence, level, state, defied, savedBytes } = throttle
  const [tone, icon, word] = LOOKS[state]
  return (
    <li
      data-testid="throttle"
      data-state={state}
      className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3 hover:bg-sunken/60"
    >
      <div className="min-w-0 flex-1 basis-80">
        <p className="font-medium break-words">
          {describeDevice(throttle)} <span className="font-normal text-ink-2">{describeWhy(why)}</span>
        </p>
        <ul className="mt-1 space-y-0.5 text-[13px] text-ink-2">
          {evidence.map((one) => (
            <li key={`${one.feature} ${one.windowSec}`} className="break-words">
              {describeEvidence(one)}
            </li>
          ))}
        </ul>
        <p className="mt-1 text-ink-3 text-xs">
          version {version || "unknown"} · {level === 0 ? "for the first time" : `level ${level + 1}`}
          {defied > 0 && ` · came ${defied} times in spite of it`}
          {savedBytes > 0 && ` · about ${formatValue(savedBytes, "By", "sum")} saved`}
        </p>
      </div>
      <div className="sm:text-right">
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
        <Times throttle={throttle} />
      </div>
      {may && state === "active" && <Release throttle={throttle} />}
    </li>
  )
}

function Times({ throttle: { from, until, state, releasedAt, releasedBy } }: { throttle: Throttle }) {
  const { zone } = useZone()
  const now = useNow(1_000)
  if (now === 0) return null
  const end =
    state === "active"
      ? `${formatSpan(until - now)} left`
      : state === "released"
        ? `by ${releasedBy}, ${formatShort(releasedAt ?? until, zone)}`
        : `for ${formatSpan(until - from)}`
  return (
    <p className="mt-0.5 text-ink-3 text-xs" title={`${formatInstant(from, zone)} until ${formatInstant(until, zone)}`}>
      since {formatShort(from, zone)}
      <br />
      {end}
    </p>
  )
}

function Release({ throttle }: { throttle: Throttle }) {
  const { change } = useGuardActs()
  const [open, setOpen] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  async function release(): Promise<boolean> {
    try {
      await change({ method: "POST", path: `throttles/${throttle.id}/release`, body: {} })
      return true
    } catch (failed) {
      setError(failed as Error)
      return false
    }
  }
  return (
    <>
      <Button
        look="danger"
        className="max-sm:ml-auto"
        onClick={() => setOpen(true)}
        aria-label={`Release ${describeDevice(throttle)}`}
      >
        Release
      </Button>
      {open && (
        <Confirm title="Release" action="Release" onConfirm={release} onClose={() => setOpen(false)} error={error}>
          {describeDevice(throttle)} may come back at once: its person by logging in, its client by itself when the time
          it was told is over. If it goes on as before, it is throttled again.
        </Confirm>
      )}
    </>
  )
}
