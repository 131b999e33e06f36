"use client"
import type { Incident } from "@ossagent/wire"
import Link from "next/link"
import { useRouter } from "next/navigation"
import { useMemo } from "react"
import { useCatalog } from "../catalog/use-catalog.ts"
import { Button } from "../piece/button.tsx"
import { Choice, Segments } from "../piece/field.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { useMay } from "../shell/person.tsx"
import { useChosen } from "../shell/use-chosen.ts"
import { useNow, useQuery } from "../time/provider.tsx"
import { useIncidentAct } from "./act.ts"
import { IncidentRow } from "./incidentrow.tsx"
import { useIncidents } from "./use-incidents.ts"
import { byUrgency, incidentHref } from "./words.ts"

const STATES = [
  { value: "open", label: "Open" },
  { value: "all", label: "History" },
] as const

/** What people are told of: alarms that belong together as one thing, what needs somebody first; filters in the address. */
export function Incidents() {
  const [query, change] = useQuery()
  const state = query.get("state") === "all" ? "all" : "open"
  const service = query.get("service") ?? ""
  const before = query.get("before") ?? undefined
  const { incidents, nextBefore, error, refresh } = useIncidents({
    state,
    ...(service ? { service } : {}),
    ...(before ? { before } : {}),
  })
  const shown = useMemo(
    () => (state === "open" ? [...(incidents ?? [])].sort(byUrgency) : (incidents ?? [])),
    [incidents, state],
  )
  return (
    <>
      <PageHead
        title="Incidents"
        about={`Alarms that belong together, told to people as one; ${state === "open" ? "what needs somebody first" : "newest first"}`}
      >
        <Choice
          name="Service"
          all="Every service"
          value={service}
          values={useServices()}
          onChange={(value) => change({ service: value || null, before: null })}
        />
        <Segments
          label="Which incidents"
          choices={STATES}
          value={state}
          onChange={(value) => change({ state: value === "all" ? "all" : null, before: null })}
        />
      </PageHead>
      {error && <Failure error={error} onRetry={refresh} />}
      <Panel aria-label="Incidents" className="overflow-hidden">
        {incidents === null && !error && <SkeletonRows />}
        {incidents?.length === 0 && <NoIncidents state={state} service={service} />}
        {shown.length > 0 && <IncidentList incidents={shown} />}
      </Panel>
      {(nextBefore ?? before) && (
        <div className="mt-3 flex gap-2">
          {before && <Button onClick={() => change({ before: null })}>Newest</Button>}
          {nextBefore && <Button onClick={() => change({ before: nextBefore }, true)}>Older</Button>}
        </div>
      )}
    </>
  )
}

function useServices(): string[] {
  const { entries } = useCatalog({}, 30_000)
  return useMemo(() => [...new Set((entries ?? []).map((entry) => entry.service))].sort(), [entries])
}

function NoIncidents({ state, service }: { state: "open" | "all"; service: string }) {
  if (service !== "")
    return (
      <Empty icon="check" title={`${service} has ${state === "open" ? "no open incident" : "had no incident yet"}`}>
        Choose every service to see the others.
      </Empty>
    )
  if (state === "all") return <Empty icon="check" title="There has been no incident yet" />
  return (
    <Empty icon="check" title="No open incidents">
      When an alarm fires it opens an incident here by itself, and those{" "}
      <Link prefetch={false} href="/oncall" className="text-accent underline">
        on call
      </Link>{" "}
      are told. The{" "}
      <Link prefetch={false} href="/rules" className="text-accent underline">
        rules
      </Link>{" "}
      say what raises one; past ones stand under History.
    </Empty>
  )
}

function IncidentList({ incidents }: { incidents: readonly Incident[] }) {
  const router = useRouter()
  const now = useNow(1_000)
  const may = useMay("operator")
  const act = useIncidentAct()
  const openIncident = ({ id }: Incident): void => router.push(incidentHref(id))
  const chosenId = useChosen(incidents, "incident", openIncident, {
    a: (one) => may && one.state === "firing" && act(one, { verb: "acknowledge" }),
  })
  return (
    <ul data-testid="incidents" className="divide-y divide-line">
      {incidents.map((incident) => (
        <IncidentRow
          key={incident.id}
          incident={incident}
          now={now}
          chosen={incident.id === chosenId}
          onAcknowledge={may ? () => void act(incident, { verb: "acknowledge" }) : undefined}
        />
      ))}
    </ul>
  )
}
