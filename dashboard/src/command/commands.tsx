"use client"
import type { Filter } from "@ossagent/wire"
import { useMemo } from "react"
import { useCatalog } from "../catalog/use-catalog.ts"
import { Choice } from "../piece/field.tsx"
import { PageHead } from "../piece/panel.tsx"
import { TimePicker } from "../time/picker.tsx"
import { useQuery } from "../time/provider.tsx"
import { CommandChart } from "./commandchart.tsx"

const SENT = "im.command.sent"
const CHARTS = [
  { metric: SENT, title: "Sent", split: "label.kind", about: "Commands that went out to clients, a minute, by kind" },
  {
    metric: "im.command.obeyed",
    title: "Obeyed",
    split: "label.kind",
    about: "What clients say that they did, a minute, by kind",
  },
  {
    metric: "im.command.refused",
    title: "Refused by clients",
    split: "label.reason",
    about: "Commands that were not the service’s, not for the device, too old, or a repeat",
  },
] as const

/** What the service commands its clients to do, minute by minute, and what they do of it. */
export function Commands() {
  const [query, change] = useQuery()
  const { entries } = useCatalog({ metric: SENT }, 10_000)
  const versions = useMemo(() => [...new Set((entries ?? []).flatMap((entry) => entry.versions))].sort(), [entries])
  const version = query.get("version") ?? ""
  const filters = useMemo<Filter[]>(
    () => (version === "" ? [] : [{ dim: "version", op: "in", values: [version] }]),
    [version],
  )
  return (
    <>
      <PageHead
        title="Commands per minute"
        about="Stay away, come back elsewhere, other addresses, heartbeat, features"
      >
        <Choice
          name="Client version"
          all="All versions"
          value={version}
          values={versions}
          onChange={(value) => change({ version: value || null })}
        />
        <TimePicker />
      </PageHead>
      <div className="space-y-4">
        {CHARTS.map((chart) => (
          <CommandChart key={chart.metric} {...chart} filters={filters} />
        ))}
      </div>
    </>
  )
}
