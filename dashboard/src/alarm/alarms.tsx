"use client"
import type { Alarm } from "@ossagent/wire"
import Link from "next/link"
import { useRouter } from "next/navigation"
import { useMemo, useState } from "react"
import { Button } from "../piece/button.tsx"
import { Segments } from "../piece/field.tsx"
import { Icon } from "../piece/icon.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { useMay } from "../shell/person.tsx"
import { useChosen } from "../shell/use-chosen.ts"
import { draftsOfAlarm } from "../silence/form.ts"
import { SilenceDialog } from "../silence/silencedialog.tsx"
import { useNow, useQuery } from "../time/provider.tsx"
import { useAct } from "./act.ts"
import { AlarmRow } from "./alarmrow.tsx"
import { byUrgency, useAlarms } from "./use-alarms.ts"

const STATES = [
  { value: "open", label: "Open" },
  { value: "all", label: "History" },
] as const

/** The list: what needs somebody first; filters in the address; everything by keyboard. */
export function Alarms() {
  const [query, change] = useQuery()
  const state = query.get("state") === "all" ? "all" : "open"
  const pick = (name: string): string | undefined => query.get(name) ?? undefined
  const filter = {
    state,
    service: pick("service"),
    subsystem: pick("subsystem"),
    metric: pick("metric"),
    before: pick("before"),
  } as const
  const { alarms, nextBefore, error, refresh } = useAlarms(filter)
  const shown = useMemo(
    () => (state === "open" ? [...(alarms ?? [])].sort(byUrgency) : (alarms ?? [])),
    [alarms, state],
  )
  return (
    <>
      <PageHead
        title="Alarms"
        about={<FilterLine order={state === "open" ? "Firing first, then by severity" : "Newest first"} />}
      >
        <Segments
          label="Which alarms"
          choices={STATES}
          value={state}
          onChange={(value) => change({ state: value === "all" ? "all" : null, before: null })}
        />
      </PageHead>
      {error && <Failure error={error} onRetry={refresh} />}
      <Panel className="overflow-hidden">
        {alarms === null && !error && <SkeletonRows />}
        {alarms?.length === 0 && <NoAlarms state={state} />}
        {shown.length > 0 && <AlarmList alarms={shown} />}
      </Panel>
      {(nextBefore ?? filter.before) && (
        <div className="mt-3 flex gap-2">
          {filter.before && <Button onClick={() => change({ before: null })}>Newest</Button>}
          {nextBefore && <Button onClick={() => change({ before: nextBefore }, true)}>Older</Button>}
        </div>
      )}
    </>
  )
}

function FilterLine({ order }: { order: string }) {
  const [query, change] = useQuery()
  const active = ["service", "subsystem", "metric"].filter((name) => query.get(name))
  if (active.length === 0) return order
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      {active.map((name) => (
        <button
          key={name}
          type="button"
          onClick={() => change({ [name]: null, before: null })}
          aria-label={`Remove the filter ${name} ${query.get(name)}`}
          className="inline-flex items-center gap-1 rounded bg-accent-soft px-1.5 py-0.5 text-accent"
        >
          {name} {query.get(name)} <Icon name="close" size={12} />
        </button>
      ))}
    </span>
  )
}

function NoAlarms({ state }: { state: "open" | "all" }) {
  if (state === "all") return <Empty icon="bell" title="No alarm has ever fired here" />
  return (
    <Empty icon="check" title="No open alarms">
      Every series is compared with its own history, and the{" "}
      <Link prefetch={false} href="/rules" className="text-accent underline">
        rules
      </Link>{" "}
      are watched. What leaves them appears here by itself.
    </Empty>
  )
}

function AlarmList({ alarms }: { alarms: readonly Alarm[] }) {
  const router = useRouter()
  const now = useNow(1_000)
  const may = useMay("operator")
  const act = useAct()
  const [silencing, setSilencing] = useState<Alarm | null>(null)
  const openAlarm = ({ id }: Alarm): void => router.push(`/alarms/${id}`)
  const chosenId = useChosen(alarms, "alarm", openAlarm, {
    a: (one) => may && one.state === "firing" && act(one, "acknowledge"),
    r: (one) => may && one.state !== "resolved" && act(one, "resolve"),
    s: (one) => may && setSilencing(one),
  })
  return (
    <>
      <ul data-testid="alarms" className="divide-y divide-line">
        {alarms.map((alarm) => (
          <AlarmRow
            key={alarm.id}
            alarm={alarm}
            now={now}
            chosen={alarm.id === chosenId}
            onAct={may ? (verb) => void act(alarm, verb) : undefined}
            onSilence={() => setSilencing(alarm)}
          />
        ))}
      </ul>
      {silencing && <SilenceDialog start={draftsOfAlarm(silencing)} onClose={() => setSilencing(null)} />}
    </>
  )
}
