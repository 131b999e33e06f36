"use client"
import type { RangeAnswer } from "@ossagent/wire"
import Link from "next/link"
import { useMemo } from "react"
import { AlarmStrip } from "../alarm/strip.tsx"
import { useAlarms } from "../alarm/use-alarms.ts"
import { isPlatform, type Place, placeKey, toPlaces } from "../catalog/entries.ts"
import { useCatalog } from "../catalog/use-catalog.ts"
import { Empty, Failure, PageHead, Skeleton } from "../piece/panel.tsx"
import type { RangeAsk } from "../question/use-range.ts"
import { useRanges } from "../question/use-ranges.ts"
import { TimePicker } from "../time/picker.tsx"
import { useNow, useQuery, useTimeRange } from "../time/provider.tsx"
import { PlaceCard } from "./card.tsx"
import { askKey, type Figure, figuresOf, toAsks } from "./figures.ts"
import { type Health, healthOf } from "./health.ts"

const MOST_ASKS = 28
const POINTS = 90

/** Everything at a glance: what is wrong, the machine, and every subsystem. */
export function Overview() {
  const [range] = useTimeRange()
  const [query] = useQuery()
  const now = useNow(1_000)
  const { entries, error, refresh } = useCatalog()
  const { alarms } = useAlarms({ state: "open" })
  const places = useMemo(() => toPlaces(entries ?? []), [entries])
  const { figures, asks } = useFigures(places)
  const { answers, error: failed } = useRanges(asks, range, POINTS)
  const byKey = useMemo(() => toMap(asks, answers), [asks, answers])
  const cards = places
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
        <AlarmStrip alarms={alarms} />
        {(error ?? failed) && <Failure error={(error ?? failed) as Error} onRetry={refresh} />}
        {entries === null && !error && <Waiting />}
        {entries?.length === 0 && <Nothing />}
        <div className="grid gap-4 md:grid-cols-2 2xl:grid-cols-3">
          {cards.map(({ place, health }) => (
            <PlaceCard
              key={placeKey(place.service, place.subsystem)}
              place={place}
              figures={figures.get(placeKey(place.service, place.subsystem)) ?? []}
              answers={byKey}
              health={health}
              now={now}
              range={query.get("range")}
            />
          ))}
        </div>
      </div>
    </>
  )
}

const RANKS = { critical: 0, warning: 1, info: 2, silent: 3, healthy: 4 }
const rankOf = ({ state }: Health): number => RANKS[state]

/** The cards' figures, and the questions that answer them; new objects only when what they hold has changed. */
function useFigures(places: readonly Place[]): { figures: Map<string, Figure[]>; asks: RangeAsk[] } {
  const text = JSON.stringify(places.map((place) => [placeKey(place.service, place.subsystem), figuresOf(place)]))
  return useMemo(() => {
    const figures = new Map(JSON.parse(text) as [string, Figure[]][])
    const asks = toAsks([...figures.values()].flat(), MOST_ASKS)
    return { figures, asks: asks.map((ask) => ({ ...ask, split: ["service", "subsystem"], top: 100 })) }
  }, [text])
}

const toMap = (asks: readonly RangeAsk[], answers: readonly (RangeAnswer | null)[]): Map<string, RangeAnswer> =>
  new Map(
    asks.flatMap((one, i): [string, RangeAnswer][] => {
      const answer = answers[i]
      return answer ? [[askKey(one.metric, one.filters?.[0]), answer]] : []
    }),
  )

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
    <Link href="/start" className="text-accent underline">
      add the agent
    </Link>
    .
  </Empty>
)
