"use client"
import Link from "next/link"
import { AlarmChart } from "../alarm/alarmchart.tsx"
import { Told } from "../message/told.tsx"
import { Empty, Failure, PageHead, Skeleton } from "../piece/panel.tsx"
import { AskError } from "../question/ask.ts"
import { Facts } from "./facts.tsx"
import { Judge } from "./judge.tsx"
import { Members, Similar } from "./lists.tsx"
import { Timeline } from "./timeline.tsx"
import { useIncident } from "./use-incidents.ts"

/** One incident: what is wrong and who is guilty, what was done, what it looked like, who was told. */
export function Incident({ id }: { id: string }) {
  const { page, error, refresh } = useIncident(id)
  if (error && !page)
    return (
      <>
        <PageHead title="Incident" about={<BackLink />} />
        {error instanceof AskError && [400, 404].includes(error.status) ? (
          <Empty icon="critical" title="There is no such incident">
            Incidents that ended long ago are removed.
          </Empty>
        ) : (
          <Failure error={error} onRetry={refresh} />
        )}
      </>
    )
  if (!page) return <Skeleton className="h-96 rounded-lg" />
  const { incident, alarms, timeline, messages, similar, feedback } = page
  const suspect = alarms.find((alarm) => alarm.id === incident.suspectId) ?? alarms[0]
  return (
    <>
      <PageHead title={incident.title} about={<BackLink />} />
      {error && <Failure error={error} onRetry={refresh} />}
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_26rem]">
        <div className="min-w-0 space-y-4">
          <Facts incident={incident} suspect={suspect} />
          {suspect?.metric && <AlarmChart alarm={suspect} />}
          <Members alarms={alarms} suspectId={suspect?.id ?? null} total={incident.alarms} />
        </div>
        <div className="min-w-0 space-y-4">
          <Judge incident={incident} feedback={feedback} />
          <Timeline events={timeline} />
          <Told messages={messages} />
          <Similar incidents={similar} />
        </div>
      </div>
    </>
  )
}

const BackLink = () => (
  <Link prefetch={false} href="/incidents" className="text-accent hover:underline">
    All incidents
  </Link>
)
