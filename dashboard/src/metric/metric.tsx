"use client"
import Link from "next/link"
import { Fragment, useMemo } from "react"
import { type Place, placeKey, toPlaces } from "../catalog/entries.ts"
import { placeHref } from "../catalog/links.ts"
import { useCatalog } from "../catalog/use-catalog.ts"
import { unitName } from "../number/unit.ts"
import { Empty, Failure, PageHead, Skeleton } from "../piece/panel.tsx"
import { TimePicker } from "../time/picker.tsx"
import { useTimeRange } from "../time/provider.tsx"
import { Controls } from "./controls.tsx"
import { type Facts, toFacts } from "./facts.ts"
import { Filters } from "./filters.tsx"
import { MetricChart } from "./metricchart.tsx"
import { Percentiles } from "./percentiles.tsx"
import { useView } from "./use-view.ts"
import type { View } from "./view.ts"

/** One metric, taken apart: stats, split, filters, comparison, percentiles. All of it stands in the address. */
export function Metric({ metric }: { metric: string }) {
  const { entries, error, refresh } = useCatalog({ metric })
  const [view, setView] = useView()
  const [range] = useTimeRange()
  const text = JSON.stringify(entries ? toFacts(entries) : null)
  const facts = useMemo(() => JSON.parse(text) as Facts | null, [text])
  return (
    <>
      <PageHead title={metric} about={facts && <About facts={facts} places={toPlaces(entries ?? [])} view={view} />}>
        <TimePicker />
      </PageHead>
      {error && entries === null && <Failure error={error} onRetry={refresh} />}
      {entries === null && !error && <Skeleton className="h-96 rounded-lg" />}
      {entries !== null && !facts && (
        <Empty icon="search" title={`No metric is called ${metric}`}>
          Nothing of this name was recorded in the last day. It appears here two seconds after the first value.
        </Empty>
      )}
      {facts && (
        <div className="space-y-4">
          <Filters facts={facts} view={view} onChange={setView} />
          <Controls facts={facts} view={view} range={range} onChange={setView} />
          <MetricChart metric={metric} facts={facts} view={view} onChange={setView} />
          {(facts.kind === "timer" || facts.kind === "size") && (
            <Percentiles metric={metric} view={view} range={range} unit={facts.unit} />
          )}
        </div>
      )}
    </>
  )
}

const MOST_PLACES = 4

function About({ facts, places, view }: { facts: Facts; places: readonly Place[]; view: View }) {
  const isMeant = (dim: "service" | "subsystem", value: string): boolean =>
    view.filters.every((one) => one.dim !== dim || one.values.includes(value) === (one.op === "in"))
  const meant = places.filter((place) => isMeant("service", place.service) && isMeant("subsystem", place.subsystem))
  return (
    <>
      {meant.length > MOST_PLACES && `${meant.length} subsystems · `}
      {meant.length <= MOST_PLACES &&
        meant.map(({ service, subsystem }) => (
          <Fragment key={placeKey(service, subsystem)}>
            <Link href={placeHref(service, subsystem)} prefetch={false} className="text-accent hover:underline">
              {service} / {subsystem}
            </Link>
            {" · "}
          </Fragment>
        ))}
      {facts.kind}
      {facts.unit && ` in ${facts.unit === "1" ? "%" : unitName(facts.unit, "avg") || facts.unit}`} ·{" "}
      {facts.seriesCount} series
    </>
  )
}
