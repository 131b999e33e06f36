"use client"
import type { CareReport } from "@ossagent/wire"
import useSWR from "swr"
import { Fact } from "../piece/fact.tsx"
import { Segments } from "../piece/field.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { formatSpan } from "../time/clock.ts"
import { useQuery } from "../time/provider.tsx"
import { DayTable } from "./daytable.tsx"
import { RuleTable } from "./ruletable.tsx"

const PERIODS = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "A year" },
] as const
type Period = (typeof PERIODS)[number]["value"]

/** How well people are served: how soon somebody has it, how long it lasts, and which rules cry wolf. */
export function Care() {
  const [query, change] = useQuery()
  const days: Period = PERIODS.find(({ value }) => value === query.get("days"))?.value ?? "30"
  const { data, error, mutate } = useSWR<CareReport, Error>(
    `/api/alerting/care?days=${days}`,
    (path: string) => call<CareReport>(path),
    { refreshInterval: 60_000, keepPreviousData: true },
  )
  return (
    <>
      <PageHead title="Care" about="How soon somebody takes an incident, how long it lasts, and which rules are noise">
        <Segments
          label="Period"
          choices={PERIODS}
          value={days}
          onChange={(value) => change({ days: value === "30" ? null : value })}
        />
      </PageHead>
      <div className="space-y-4">
        {error && <Failure error={error} onRetry={() => void mutate()} />}
        {!data && !error && (
          <Panel>
            <SkeletonRows />
          </Panel>
        )}
        {data && <Totals report={data} />}
        {data && data.rules.length > 0 && <RuleTable rules={data.rules} />}
        {data && data.byDay.length > 0 && <DayTable days={data.byDay} />}
      </div>
    </>
  )
}

const describe = (sec: number | null): string => (sec === null ? "–" : formatSpan(sec * 1_000))

function Totals({ report: { incidents, mttaSec, mttrSec, byDay } }: { report: CareReport }) {
  if (incidents === 0 && byDay.length === 0)
    return (
      <Panel>
        <Empty icon="check" title="No incident in this time">
          When there are some, their times to acknowledge and to resolve stand here, and which rules called for nothing.
        </Empty>
      </Panel>
    )
  const messages = byDay.reduce((sum, day) => sum + day.messages, 0)
  return (
    <Panel aria-label="In all">
      <dl data-testid="care" className="grid grid-cols-2 gap-x-6 gap-y-3 p-4 text-[13px] sm:grid-cols-4">
        <Fact name="Incidents">{incidents.toLocaleString("en")}</Fact>
        <Fact name="Messages">{messages.toLocaleString("en")}</Fact>
        <Fact name="Until acknowledged, median">{describe(mttaSec)}</Fact>
        <Fact name="Until resolved, median">{describe(mttrSec)}</Fact>
      </dl>
    </Panel>
  )
}
