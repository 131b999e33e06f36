"use client"
import Link from "next/link"
import { useMemo } from "react"
import { AlarmStrip } from "../alarm/strip.tsx"
import { useAlarms } from "../alarm/use-alarms.ts"
import { isPlatform, placeKey } from "../catalog/entries.ts"
import { Empty, Failure, PageHead, Skeleton } from "../piece/panel.tsx"
import { type FigureAsk, toAsks } from "../place/figures.ts"
import { type Health, healthOf } from "../place/health.ts"
import type { PlaceSummary } from "../place/summary.ts"
import { usePlaces } from "../place/use-places.ts"
import { TimePicker } from "../time/picker.tsx"
import { useNow, useTimeRange } from "../time/provider.tsx"
import { PlaceCard } from "./card.tsx"

/** Everything at a glance: what is wrong, and every subsystem. */
export function Overview() {
  const [range] = useTimeRange()
  const now = useNow(1_000)
  const { places, error, refresh } = usePlaces()
  const { alarms, error: alarmsAway, refresh: askAlarms } = useAlarms({ state: "open" })
  const asks = useAsks(places)
  const cards = (places ?? [])
    .map((place) => ({ place, health: healthOf(place, alarms ?? [], now) }))
    .sort(
      (a, b) =>
        rankOf(a.health) - rankOf(b.health) ||
        Number(isPlatform(a.place.service)) - Number(isPlatform(b.place.service)),
    )
  return (
    <>
      <PageHead title="Overview" about={<Summary cards={cards.map(({ health }) => health)} />}>
        <TimePicker />
      </PageHead>
      <div className="space-y-4">
        {alarmsAway && alarms === null && <Failure error={alarmsAway} onRetry={askAlarms} />}
        {!(alarmsAway && alarms === null) && <AlarmStrip alarms={alarms} />}
        {error && places === null && <Failure error={error} onRetry={refresh} />}
        {places === null && !error && <Waiting />}
        {places?.length === 0 && <Nothing />}
        <div className="grid gap-4 md:grid-cols-2 2xl:grid-cols-3">
          {cards.map(({ place, health }) => (
            <PlaceCard
              key={placeKey(place.service, place.subsystem)}
              place={place}
              asks={asks}
              health={health}
              now={now}
              range={range}
            />
          ))}
        </div>
      </div>
    </>
  )
}

const RANKS = { critical: 0, warning: 1, info: 2, silent: 3, healthy: 4 }
const rankOf = ({ state }: Health): number => RANKS[state]

/** One question serves the cards of all subsystems; a new map only when what it holds has changed. */
function useAsks(places: readonly PlaceSummary[] | null): ReadonlyMap<string, FigureAsk> {
  const text = JSON.stringify((places ?? []).flatMap(({ figures }) => figures))
  return useMemo(() => toAsks(JSON.parse(text)), [text])
}

function Summary({ cards }: { cards: readonly Health[] }) {
  if (cards.length === 0) return null
  const healthy = cards.filter(({ state }) => state === "healthy").length
  return (
    <span data-testid="summary">
      {cards.length} {cards.length === 1 ? "subsystem" : "subsystems"}, {healthy} healthy
    </span>
  )
}

const Waiting = () => (
  <div role="status" aria-label="Loading" className="grid gap-4 md:grid-cols-2 2xl:grid-cols-3">
    {["a", "b", "c", "d", "e", "f"].map((key) => (
      <Skeleton key={key} className="h-52 rounded-lg" />
    ))}
  </div>
)

const Nothing = () => (
  <Empty icon="overview" title="Nothing has been recorded in the last day">
    The platform's own processes appear here seconds after they start. For a service of yours,{" "}
    <Link prefetch={false} href="/start" className="text-accent underline">
      add the agent
    </Link>
    .
  </Empty>
)
