"use client"
import type { ReactNode } from "react"
import { Check, Choice, Select } from "../piece/field.tsx"
import { Empty, Failure, PageHead } from "../piece/panel.tsx"
import { Tabs } from "../piece/tabs.tsx"
import { TimePicker } from "../time/picker.tsx"
import { useQuery } from "../time/provider.tsx"
import { useBehaviour, WEEK } from "./use-behaviour.ts"

const TABS = [
  { href: "/behaviour", name: "Funnel" },
  { href: "/behaviour/retention", name: "Retention" },
  { href: "/behaviour/activity", name: "Did and did not" },
]

/** What the three questions share: the service, the time, versions, and the events there are. */
export function Frame({ about, children }: { about: string; children: (events: string[]) => ReactNode }) {
  const [query, change] = useQuery()
  const { answer, error, refresh } = useBehaviour("events", {})
  const events = answer?.events.map(({ name }) => name) ?? []
  return (
    <>
      <PageHead title="Behaviour" about={about}>
        <Choice
          name="Service"
          all="Every service"
          value={query.get("service") ?? ""}
          values={answer?.services ?? []}
          onChange={(service) => change({ service: service || null })}
        />
        <Check
          checked={query.get("by") === "version"}
          onChange={({ target }) => change({ by: target.checked ? "version" : null })}
        >
          By version
        </Check>
        <TimePicker fallback={WEEK} />
      </PageHead>
      <Tabs label="Questions" tabs={TABS} />
      {error && <Failure error={error} onRetry={refresh} />}
      {answer && events.length === 0 ? <NoEvents /> : children(events)}
    </>
  )
}

const NoEvents = () => (
  <Empty title="No events in this time">
    A service tells what its users do with <code className="font-mono text-xs">oss.event("order.paid", userId)</code>.
    Choose a longer time, or every service. What has just happened is here within some ten seconds.
  </Empty>
)

interface EventChoiceProps {
  label: string
  value: string
  events: readonly string[]
  /** What no choice means; without it one has to be chosen. */
  any?: string
  onChange: (name: string) => void
}

/** One of the events there are; one that an address names is shown although there is none of it. */
export function EventChoice({ label, value, events, any, onChange }: EventChoiceProps) {
  const shown = value === "" || events.includes(value) ? events : [value, ...events]
  return (
    <div className="flex items-center gap-2 text-[13px]">
      <span className="text-ink-2">{label}</span>
      <Select
        aria-label={label}
        className="!w-auto max-w-56"
        value={value}
        onChange={({ target }) => onChange(target.value)}
      >
        {any !== undefined && <option value="">{any}</option>}
        {shown.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
    </div>
  )
}

const DAYS = [3, 7, 14, 30]

export function DaysChoice({ value, onChange }: { value: number; onChange: (days: number) => void }) {
  return (
    <div className="flex items-center gap-2 text-[13px]">
      <span className="text-ink-2">for</span>
      <Select
        aria-label="Days after"
        className="!w-auto"
        value={value}
        onChange={({ target }) => onChange(Number(target.value))}
      >
        {DAYS.map((days) => (
          <option key={days} value={days}>
            {days} days
          </option>
        ))}
      </Select>
    </div>
  )
}

/** The days after that an address asks for. */
export const toDays = (text: string | null): number => (DAYS.includes(Number(text)) ? Number(text) : 7)
