"use client"
import type { Dimension } from "@ossagent/wire"
import Link from "next/link"
import { useDeferredValue, useMemo, useState } from "react"
import { AlarmStrip } from "../alarm/strip.tsx"
import { useAlarms } from "../alarm/use-alarms.ts"
import { type Place, toFamilies, toPlaces } from "../catalog/entries.ts"
import { useCatalog } from "../catalog/use-catalog.ts"
import { Badge } from "../piece/badge.tsx"
import { Input, Segments, Select } from "../piece/field.tsx"
import { Empty, Failure, PageHead, Skeleton } from "../piece/panel.tsx"
import { healthOf } from "../place/health.ts"
import { formatAgo } from "../time/clock.ts"
import { TimePicker } from "../time/picker.tsx"
import { useNow, useQuery, useTimeRange } from "../time/provider.tsx"
import { Exceptions } from "./exceptions.tsx"
import { MetricCard } from "./metriccard.tsx"

const SPLITS = [
  { value: "", label: "Total" },
  { value: "version", label: "By version" },
  { value: "host", label: "By host" },
] as const

/** A page that nobody made: every metric of the subsystem, as the catalog has it. */
export function Subsystem({ service, subsystem }: { service: string; subsystem: string }) {
  const { entries, error, refresh } = useCatalog({ service, subsystem })
  const place = toPlaces(entries ?? [])[0] ?? null
  return (
    <>
      <Head service={service} subsystem={subsystem} place={place} />
      {error && !place && <Failure error={error} onRetry={refresh} />}
      {entries === null && !error && (
        <div role="status" aria-label="Loading" className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
          {["a", "b", "c", "d", "e", "f"].map((key) => (
            <Skeleton key={key} className="h-52 rounded-lg" />
          ))}
        </div>
      )}
      {entries?.length === 0 && (
        <Empty icon="search" title={`Nothing of ${service} / ${subsystem} in the last day`}>
          Is it running, with this name, and with the right collector and key?{" "}
          <Link prefetch={false} href="/start" className="text-accent underline">
            How to add a service
          </Link>
        </Empty>
      )}
      {place && <Cards place={place} />}
    </>
  )
}

function Head({ service, subsystem, place }: { service: string; subsystem: string; place: Place | null }) {
  const now = useNow(1_000)
  const { alarms } = useAlarms({ state: "open", service })
  const health = place ? healthOf(place, alarms ?? [], now) : null
  const mine = (alarms ?? []).filter(({ group }) => !group.subsystem || group.subsystem === subsystem)
  return (
    <>
      <PageHead
        title={
          <span className="flex flex-wrap items-center gap-2.5">
            <span>
              {service} <span className="font-normal text-ink-3">/ {subsystem}</span>
            </span>
            {health && (
              <Badge tone={health.tone} icon={health.icon}>
                {health.text}
              </Badge>
            )}
          </span>
        }
        about={
          place && (
            <>
              {place.entries.length} metrics · {place.hosts.length} {place.hosts.length === 1 ? "host" : "hosts"} ·{" "}
              {place.versions.length === 1
                ? `version ${place.versions[0]}`
                : `${place.versions.length} versions, newest ${place.versions[0]}`}
              {now > 0 && ` · seen ${formatAgo(place.lastSeen, now)}`}
            </>
          )
        }
      >
        <TimePicker />
      </PageHead>
      {mine.length > 0 && (
        <div className="mb-4">
          <AlarmStrip alarms={mine} />
        </div>
      )}
    </>
  )
}

function Cards({ place }: { place: Place }) {
  const [query, change] = useQuery()
  const [range, , zoom] = useTimeRange()
  const [text, setText] = useState("")
  const wanted = useDeferredValue(text.trim().toLowerCase())
  const split = SPLITS.find(({ value }) => value === query.get("split"))?.value ?? ""
  const version = query.get("version")
  const shown = place.entries.filter(({ metric }) => metric.toLowerCase().includes(wanted))
  const families = useMemo(() => toFamilies(shown), [shown])
  return (
    <div className="space-y-6">
      <div className="flex flex-wrap items-center gap-2">
        <Input
          type="search"
          aria-label="Filter metrics"
          placeholder="Filter metrics"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="!w-48"
        />
        <Segments label="Lines" choices={SPLITS} value={split} onChange={(value) => change({ split: value || null })} />
        {place.versions.length > 1 && (
          <Select
            aria-label="Version"
            className="!w-auto"
            value={version ?? ""}
            onChange={(event) => change({ version: event.target.value || null })}
          >
            <option value="">All versions</option>
            {place.versions.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </Select>
        )}
      </div>
      <Exceptions service={place.service} subsystem={place.subsystem} range={range} />
      {families.map(({ family, entries }) => (
        <section key={family} aria-label={family}>
          <h2 className="mb-2 font-semibold text-[15px]">
            {family} <span className="font-normal text-ink-3 text-xs">{entries.length}</span>
          </h2>
          <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
            {entries.map((entry) => (
              <MetricCard
                key={`${entry.metric} ${entry.kind}`}
                entry={entry}
                range={range}
                split={(split || null) as Dimension | null}
                version={version}
                onZoom={zoom}
              />
            ))}
          </div>
        </section>
      ))}
      {shown.length === 0 && <Empty icon="search" title={`No metric's name has “${text}” in it`} />}
    </div>
  )
}
