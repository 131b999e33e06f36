"use client"
import Link from "next/link"
import { placeKey } from "../catalog/entries.ts"
import { placeHref } from "../catalog/links.ts"
import { Failure, SkeletonRows } from "../piece/panel.tsx"
import { usePlaces } from "../place/use-places.ts"
import { formatAgo } from "../time/clock.ts"
import { useNow } from "../time/provider.tsx"

/** What has been heard of, so that a new service is seen to arrive. */
export function Arrived() {
  const { places, error, refresh } = usePlaces()
  const now = useNow(1_000)
  if (places === null) return error ? <Failure error={error} onRetry={refresh} /> : <SkeletonRows count={2} />
  if (places.length === 0) return <p className="text-ink-3">Nothing has arrived yet. This list renews itself.</p>
  return (
    <ul aria-label="Services heard of" className="divide-y divide-line rounded-md border border-line">
      {places.map(({ service, subsystem, lastSeen }) => (
        <li key={placeKey(service, subsystem)} className="flex items-center justify-between gap-3 px-3 py-1.5">
          <Link
            href={placeHref(service, subsystem)}
            prefetch={false}
            className="min-w-0 truncate text-accent hover:underline"
          >
            {service} / {subsystem}
          </Link>
          <span className="whitespace-nowrap text-ink-3 text-xs">{now > 0 && `seen ${formatAgo(lastSeen, now)}`}</span>
        </li>
      ))}
    </ul>
  )
}
