"use client"
import type { RetentionCohort } from "@ossagent/wire"
import { Failure, Panel, SkeletonRows } from "../piece/panel.tsx"
import { useQuery } from "../time/provider.tsx"
import { DaysChoice, EventChoice, Frame, toDays } from "./frame.tsx"
import { formatCount, formatShare } from "./share.ts"
import { useBehaviour, useDayZone } from "./use-behaviour.ts"

/** Who comes back on each day after the first. */
export function Retention() {
  return (
    <Frame about="Of the users who began on a day, how many come back on each day after it">
      {(events) => <Cohorts events={events} />}
    </Frame>
  )
}

function Cohorts({ events }: { events: string[] }) {
  const [query, change] = useQuery()
  const zone = useDayZone()
  const start = query.get("start") ?? events[0] ?? ""
  const back = query.get("back_by") ?? ""
  const days = toDays(query.get("days"))
  const byVersion = query.get("by") === "version"
  const { answer, error, refresh } = useBehaviour("retention", start ? { start, back, days, zone, byVersion } : null)
  return (
    <div className="space-y-4">
      <Panel aria-label="Question" className="flex flex-wrap items-center gap-x-4 gap-y-2 p-4">
        <EventChoice label="began with" value={start} events={events} onChange={(name) => change({ start: name })} />
        <EventChoice
          label="came back with"
          value={back}
          events={events}
          any="anything"
          onChange={(name) => change({ back_by: name || null })}
        />
        <DaysChoice value={days} onChange={(next) => change({ days: String(next) })} />
      </Panel>
      {error && <Failure error={error} onRetry={refresh} />}
      {!answer && !error && <SkeletonRows />}
      {answer && (
        <Panel aria-label="Cohorts" className="overflow-x-auto">
          {answer.cohorts.length === 0 ? (
            <p className="p-4 text-[13px] text-ink-3">Nobody began in this time.</p>
          ) : (
            <Table cohorts={answer.cohorts} days={days} byVersion={byVersion} />
          )}
        </Panel>
      )}
      <p className="text-ink-3 text-xs">
        Days are those of {zone}. A user belongs to the day of their first start in the time chosen. “·”: the day is not
        over.
      </p>
    </div>
  )
}

function Table({ cohorts, days, byVersion }: { cohorts: RetentionCohort[]; days: number; byVersion: boolean }) {
  const after = Array.from({ length: days }, (_, i) => i)
  return (
    <table data-testid="retention" className="w-full text-[13px] tabular-nums">
      <thead>
        <tr className="text-ink-3 text-xs">
          <th scope="col" className="px-4 py-2 text-left font-medium">
            Day
          </th>
          {byVersion && (
            <th scope="col" className="px-3 py-2 text-left font-medium">
              Version
            </th>
          )}
          <th scope="col" className="px-3 py-2 text-right font-medium">
            Users
          </th>
          {after.map((i) => (
            <th key={i} scope="col" className="px-2 py-2 text-right font-medium">
              +{i + 1}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {cohorts.map(({ day, version, users, back }) => (
          <tr key={`${day} ${version}`} className="border-line border-t">
            <th scope="row" className="px-4 py-1.5 text-left font-medium whitespace-nowrap">
              {day}
            </th>
            {byVersion && <td className="px-3 py-1.5">{version || "(none)"}</td>}
            <td className="px-3 py-1.5 text-right">{formatCount(users)}</td>
            {after.map((i) => (
              <Cell key={i} count={back[i] ?? null} users={users} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cell({ count, users }: { count: number | null; users: number }) {
  if (count === null) return <td className="px-2 py-1.5 text-right text-ink-3">·</td>
  const strength = users > 0 ? count / users : 0
  return (
    <td className="p-0.5">
      <span
        className="block rounded px-1.5 py-1 text-right whitespace-nowrap"
        style={{ background: `color-mix(in srgb, var(--s0) ${Math.round(strength * 55)}%, transparent)` }}
        title={`${formatCount(count)} of ${formatCount(users)} users`}
      >
        {formatShare(count, users)}
      </span>
    </td>
  )
}
