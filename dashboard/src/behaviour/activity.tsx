"use client"
import type { ActivityGroup } from "@ossagent/wire"
import { Failure, Panel, SkeletonRows } from "../piece/panel.tsx"
import { useQuery } from "../time/provider.tsx"
import { DaysChoice, EventChoice, Frame, toDays } from "./frame.tsx"
import { formatCount, formatShare } from "./share.ts"
import { useBehaviour, useDayZone } from "./use-behaviour.ts"

/** Those who did something against those who did not. */
export function Activity() {
  return (
    <Frame about="Those who did something: how many are active on the days after, against those who did not">
      {(events) => <Groups events={events} />}
    </Frame>
  )
}

function Groups({ events }: { events: string[] }) {
  const [query, change] = useQuery()
  const zone = useDayZone()
  const did = query.get("did") ?? events[0] ?? ""
  const active = query.get("active") ?? ""
  const days = toDays(query.get("days"))
  const byVersion = query.get("by") === "version"
  const { answer, error, refresh } = useBehaviour("activity", did ? { did, active, days, zone, byVersion } : null)
  return (
    <div className="space-y-4">
      <Panel aria-label="Question" className="flex flex-wrap items-center gap-x-4 gap-y-2 p-4">
        <EventChoice label="who did" value={did} events={events} onChange={(name) => change({ did: name })} />
        <EventChoice
          label="active means"
          value={active}
          events={events}
          any="anything"
          onChange={(name) => change({ active: name || null })}
        />
        <DaysChoice value={days} onChange={(next) => change({ days: String(next) })} />
      </Panel>
      {error && <Failure error={error} onRetry={refresh} />}
      {!answer && !error && <SkeletonRows />}
      {answer && (
        <Panel aria-label="Groups" className="overflow-x-auto">
          {answer.groups.length === 0 ? (
            <p className="p-4 text-[13px] text-ink-3">Nobody was seen in this time.</p>
          ) : (
            <Table groups={answer.groups} did={did} days={days} byVersion={byVersion} />
          )}
        </Panel>
      )}
      <p className="text-ink-3 text-xs">
        Days are those of {zone}, counted from the first time they did it; for the others from the first day they were
        seen in the time chosen. Only days that are over count. Who does more of one thing often does more of all: this
        shows no cause.
      </p>
    </div>
  )
}

interface TableProps {
  groups: ActivityGroup[]
  did: string
  days: number
  byVersion: boolean
}

function Table({ groups, did, days, byVersion }: TableProps) {
  const after = Array.from({ length: days }, (_, i) => i)
  return (
    <table data-testid="activity" className="w-full text-[13px] tabular-nums">
      <thead>
        <tr className="text-ink-3 text-xs">
          <th scope="col" className="px-4 py-2 text-left font-medium">
            Users
          </th>
          {byVersion && (
            <th scope="col" className="px-3 py-2 text-left font-medium">
              Version
            </th>
          )}
          <th scope="col" className="px-3 py-2 text-right font-medium">
            How many
          </th>
          {after.map((i) => (
            <th key={i} scope="col" className="px-2 py-2 text-right font-medium whitespace-nowrap">
              day {i + 1}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <tr key={`${group.version} ${group.did}`} className="border-line border-t">
            <th scope="row" className="px-4 py-1.5 text-left font-medium whitespace-nowrap">
              {group.did ? `did ${did}` : "did not"}
            </th>
            {byVersion && <td className="px-3 py-1.5">{group.version === null ? "all" : group.version || "(none)"}</td>}
            <td className="px-3 py-1.5 text-right">{formatCount(group.users)}</td>
            {after.map((i) => (
              <Active key={i} day={group.days[i]} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Active({ day = { users: 0, active: 0 } }: { day: ActivityGroup["days"][number] | undefined }) {
  return (
    <td
      className="px-2 py-1.5 text-right whitespace-nowrap"
      title={`${formatCount(day.active)} active of ${formatCount(day.users)} users for whom the day is over`}
    >
      {formatShare(day.active, day.users)}
    </td>
  )
}
