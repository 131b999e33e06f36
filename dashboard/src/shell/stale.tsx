"use client"
import { useLiveStatus } from "../live/provider.tsx"
import { Icon } from "../piece/icon.tsx"
import { formatSpan } from "../time/clock.ts"
import { useNow } from "../time/provider.tsx"

/** A stream that is back within a moment is nobody's business. */
const SAID_AFTER_MS = 1_500

/** Says on every page that its figures do not move, since when and why; it goes by itself. */
export function Stale() {
  const { state, why, since } = useLiveStatus()
  const now = useNow(500)
  const lostMs = now - since
  if (state !== "lost" || lostMs < SAID_AFTER_MS) return null
  return (
    <p
      role="alert"
      data-testid="stale"
      className="sticky top-13 z-20 flex items-start gap-2 border-bad/30 border-b bg-bad-soft px-3 py-1.5 text-[13px] text-bad sm:px-5"
    >
      <Icon name="warning" className="mt-0.5" />
      <span className="min-w-0 break-words">
        Stale for {formatSpan(lostMs)}: {why || "no answer"}. What you see is older; it is tried again all the time.
      </span>
    </p>
  )
}
