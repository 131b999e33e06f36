"use client"
import type { Filter } from "@ossagent/wire"
import Link from "next/link"
import { useMemo } from "react"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { TimePicker } from "../time/picker.tsx"
import { useTimeRange } from "../time/provider.tsx"
import { LinePanel } from "./linepanel.tsx"
import { isOverloaded, type ServiceRow, toServices, toSheds } from "./services.ts"
import { ServiceTable } from "./servicetable.tsx"
import { ShedTable } from "./shedtable.tsx"
import { useSheds } from "./use-sheds.ts"

const BY_SERVICE = ["service", "subsystem"] as const
const BY_METHOD = ["subsystem", "label.method", "label.priority"] as const
const BY_TARGET = ["label.to", "label.method", "label.priority"] as const

/** Which services have more to do than they can, what they let in, and what they refuse. */
export function Overload() {
  const [range] = useTimeRange()
  const { sheds, error, refresh } = useSheds(range)
  const services = useMemo(() => sheds && toServices(sheds.services, sheds.held), [sheds])
  const rows = useMemo(() => sheds && toSheds(sheds.shedBy, sheds.heldBy), [sheds])
  return (
    <>
      <PageHead
        title="Overload"
        about="Which services have more to do than they can, and what they let in: the important part of it first"
      >
        <TimePicker />
      </PageHead>
      <div className="space-y-4">
        {error && <Failure error={error} onRetry={refresh} />}
        {!services && !error && (
          <Panel>
            <SkeletonRows />
          </Panel>
        )}
        {services?.length === 0 && <NoServices />}
        {services && services.length > 0 && <ServiceTable rows={services} />}
        {services && services.length > 0 && <Charts services={services} />}
        {rows && services && services.length > 0 && <ShedTable rows={rows} />}
      </div>
    </>
  )
}

/** Series that were never refused anything have no such label. */
const REFUSED: readonly Filter[] = [{ dim: "label.priority", op: "notIn", values: [""] }]

function Charts({ services }: { services: readonly ServiceRow[] }) {
  const names = JSON.stringify(services.filter(isOverloaded).map(({ service, subsystem }) => [service, subsystem]))
  const overloaded = useMemo(() => toFilters(JSON.parse(names)), [names])
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <LinePanel
        title="Queue wait"
        metric="rpc.server.overload_wait"
        stat="max"
        unit="ms"
        split={BY_SERVICE}
        wanted={services.some(({ waitMs }) => waitMs !== null)}
        nothing="No call waited in this time."
      />
      <LinePanel
        title="Lets in priorities below"
        metric="rpc.server.overload_level"
        stat="min"
        unit=""
        split={BY_SERVICE}
        filters={overloaded}
        wanted={overloaded.length > 0}
        nothing="Every service let everything in."
      />
      <LinePanel
        title="Refused by services"
        metric="rpc.server.shed"
        stat="rate"
        unit="{call}"
        split={BY_METHOD}
        filters={REFUSED}
        wanted={services.some(({ shed }) => shed > 0)}
        nothing="Nothing was refused in this time."
      />
      <LinePanel
        title="Held back by callers"
        metric="rpc.client.shed"
        stat="rate"
        unit="{call}"
        split={BY_TARGET}
        filters={REFUSED}
        wanted={services.some(({ heldBack }) => heldBack > 0)}
        nothing="Nothing was held back in this time."
      />
    </div>
  )
}

/** Those services alone; empty where there are none. */
function toFilters(places: readonly [service: string, subsystem: string][]): Filter[] {
  if (places.length === 0) return []
  const values = (at: 0 | 1): string[] => [...new Set(places.map((place) => place[at]))]
  return [
    { dim: "service", op: "in", values: values(0) },
    { dim: "subsystem", op: "in", values: values(1) },
  ]
}

const NoServices = () => (
  <Panel>
    <Empty icon="chart" title="No service answered calls in this time">
      Services built on svrkit come here by themselves: choose a longer range, or{" "}
      <Link prefetch={false} href="/start" className="text-accent underline">
        add a service
      </Link>
      .
    </Empty>
  </Panel>
)
