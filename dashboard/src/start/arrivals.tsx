"use client"
import Link from "next/link"
import { useState } from "react"
import { toPlaces } from "../catalog/entries.ts"
import { placeHref } from "../catalog/links.ts"
import { useCatalog } from "../catalog/use-catalog.ts"
import { Badge } from "../piece/badge.tsx"
import { Icon } from "../piece/icon.tsx"
import { Panel } from "../piece/panel.tsx"
import { formatAgo } from "../time/clock.ts"
import { useNow } from "../time/provider.tsx"

const MOST = 8
const FRESH_MS = 10 * 60_000

/** Who came last: what was just started stands here by itself. */
export function Arrivals() {
  const now = useNow(1_000)
  const [openedAt] = useState(() => Date.now())
  const { entries } = useCatalog({}, 1_000)
  const places = toPlaces(entries ?? [])
    .sort((a, b) => b.firstSeen - a.firstSeen)
    .slice(0, MOST)
  return (
    <Panel aria-label="Arrivals">
      <h2 className="flex items-center gap-2 px-4 pt-3 pb-1 font-semibold text-[15px]">
        <Icon name="live" className="text-ok" /> Waiting for yours
      </h2>
      <ul data-testid="arrivals" className="px-2 pb-2">
        {places.map(({ service, subsystem, firstSeen }) => (
          <li key={`${service}/${subsystem}`}>
            <Link
              href={placeHref(service, subsystem)}
              prefetch={false}
              className="flex items-center gap-2 rounded-md px-2 py-1.5 text-[13px] hover:bg-sunken"
            >
              <span className="min-w-0 flex-1 truncate">
                <span className="font-medium">{service}</span> <span className="text-ink-3">/ {subsystem}</span>
              </span>
              {firstSeen > openedAt && <Badge tone="ok">just arrived</Badge>}
              <span className="shrink-0 text-ink-3 text-xs">
                {now > 0 && (now - firstSeen < FRESH_MS || firstSeen > openedAt)
                  ? `first seen ${formatAgo(firstSeen, now)}`
                  : ""}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
