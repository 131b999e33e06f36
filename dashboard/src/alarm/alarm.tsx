"use client"
import type { Alarm, AlarmEvent, Message } from "@ossagent/wire"
import Link from "next/link"
import { type FormEvent, useCallback, useState } from "react"
import useSWR from "swr"
import { placeHref } from "../catalog/links.ts"
import { exceptionHref } from "../exception/words.ts"
import { incidentHref } from "../incident/words.ts"
import { useAlarmChanges } from "../live/provider.tsx"
import { Told } from "../message/told.tsx"
import { formatValue } from "../number/unit.ts"
import { SeverityBadge, StateBadge } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { Fact } from "../piece/fact.tsx"
import { Input } from "../piece/field.tsx"
import { Empty, Failure, PageHead, Panel, Skeleton } from "../piece/panel.tsx"
import { AskError, call } from "../question/ask.ts"
import { useMay } from "../shell/person.tsx"
import { draftsOfAlarm } from "../silence/form.ts"
import { SilenceDialog } from "../silence/silencedialog.tsx"
import { formatSpan } from "../time/clock.ts"
import { When } from "../time/picker.tsx"
import { useNow } from "../time/provider.tsx"
import { useAct } from "./act.ts"
import { AlarmChart } from "./alarmchart.tsx"
import { History } from "./history.tsx"
import { QuietBadges } from "./quiet.tsx"
import { alarmMetricHref, describeGroup } from "./words.ts"

interface Whole {
  alarm: Alarm
  history: AlarmEvent[]
  messages: Message[]
}

/** One alarm: why, what it looked like, what happened, who was told. */
export function AlarmPage({ id }: { id: string }) {
  const { data, error, mutate } = useSWR<Whole, Error>(
    `/api/alerting/alarms/${encodeURIComponent(id)}`,
    (path: string) => call<Whole>(path),
    { refreshInterval: 10_000 },
  )
  useAlarmChanges(useCallback(({ changed }) => void (changed.some((one) => one.id === id) && mutate()), [id, mutate]))
  if (error && !data)
    return (
      <>
        <PageHead title="Alarm" about={<BackLink />} />
        {error instanceof AskError && error.status === 404 ? (
          <Empty icon="bell" title="There is no such alarm">
            Alarms that ended long ago are removed.
          </Empty>
        ) : (
          <Failure error={error} onRetry={() => void mutate()} />
        )}
      </>
    )
  if (!data) return <Skeleton className="h-96 rounded-lg" />
  const { alarm, history, messages } = data
  return (
    <>
      <PageHead title={alarm.title} about={<BackLink />} />
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_26rem]">
        <div className="min-w-0 space-y-4">
          <Facts alarm={alarm} />
          {alarm.metric && <AlarmChart alarm={alarm} />}
        </div>
        <div className="min-w-0 space-y-4">
          <History events={history} />
          <Told messages={messages} />
        </div>
      </div>
    </>
  )
}

const BackLink = () => (
  <Link prefetch={false} href="/alarms" className="text-accent hover:underline">
    All alarms
  </Link>
)

function Facts({ alarm }: { alarm: Alarm }) {
  const now = useNow(1_000)
  const { service, subsystem } = alarm.group
  const href = now > 0 ? alarmMetricHref(alarm, now) : null
  const value = (x: number | null): string => formatValue(x, alarm.unit, alarm.stat)
  const expected =
    alarm.lower !== null || alarm.upper !== null
      ? `${value(alarm.lower)} to ${value(alarm.upper)}`
      : alarm.expected !== null
        ? value(alarm.expected)
        : null
  return (
    <Panel aria-label="What is wrong">
      <div className="space-y-3 p-4">
        <div className="flex flex-wrap items-center gap-1.5">
          <SeverityBadge severity={alarm.severity} />
          <StateBadge state={alarm.state} />
          <QuietBadges alarm={alarm} />
          <span className="text-[13px] text-ink-3">{alarm.ruleName}</span>
        </div>
        <p data-testid="why" className="break-words">
          {alarm.why}
        </p>
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-[13px] sm:grid-cols-4">
          {alarm.value !== null && <Fact name="Value">{value(alarm.value)}</Fact>}
          {expected !== null && <Fact name="Expected">{expected}</Fact>}
          <Fact name="Began">
            <When at={alarm.startedAt} />
          </Fact>
          <Fact name={alarm.resolvedAt ? "Lasted" : "So far"}>
            {now > 0 ? formatSpan((alarm.resolvedAt ?? now) - alarm.startedAt) : "–"}
          </Fact>
          {alarm.acknowledgedBy && (
            <Fact name="Acknowledged">
              {alarm.acknowledgedBy}, <When at={alarm.acknowledgedAt} />
            </Fact>
          )}
        </dl>
        <p className="flex flex-wrap gap-x-4 gap-y-1 text-[13px]">
          <span className="text-ink-3">{describeGroup(alarm)}</span>
          {alarm.incidentId && (
            <Link href={incidentHref(alarm.incidentId)} prefetch={false} className="text-accent hover:underline">
              Open the incident
            </Link>
          )}
          {service && subsystem && (
            <Link href={placeHref(service, subsystem)} prefetch={false} className="text-accent hover:underline">
              Open the subsystem
            </Link>
          )}
          {service && alarm.group.exception && (
            <Link
              href={exceptionHref(service, alarm.group.exception)}
              prefetch={false}
              className="text-accent hover:underline"
            >
              Open the exception
            </Link>
          )}
          {href && (
            <Link href={href} prefetch={false} className="text-accent hover:underline">
              Open the metric
            </Link>
          )}
        </p>
      </div>
      {alarm.state !== "resolved" && <Actions alarm={alarm} />}
    </Panel>
  )
}

function Actions({ alarm }: { alarm: Alarm }) {
  const may = useMay("operator")
  const act = useAct()
  const [silencing, setSilencing] = useState(false)
  if (!may)
    return (
      <p className="border-line border-t px-4 py-2.5 text-[13px] text-ink-3">
        A viewer looks on: operators and admins acknowledge, silence and resolve.
      </p>
    )
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = event.currentTarget
    const note = String(new FormData(form).get("note") ?? "").trim()
    const pressed = (event.nativeEvent as SubmitEvent).submitter?.getAttribute("value")
    void act(alarm, pressed === "resolve" ? "resolve" : "acknowledge", note).then((done) => done && form.reset())
  }
  return (
    <>
      {silencing && <SilenceDialog start={draftsOfAlarm(alarm)} onClose={() => setSilencing(false)} />}
      <form onSubmit={send} className="flex flex-wrap gap-2 border-line border-t p-3">
        <Input
          name="note"
          aria-label="Note"
          placeholder="Note for the history (optional)"
          className="!w-auto min-w-0 flex-1 basis-56"
        />
        {alarm.state === "firing" && (
          <Button type="submit" value="acknowledge" look="main" icon="check">
            Acknowledge
          </Button>
        )}
        {!alarm.silencedBy && (
          <Button icon="mute" onClick={() => setSilencing(true)}>
            Silence
          </Button>
        )}
        <Button type="submit" value="resolve">
          Resolve
        </Button>
      </form>
    </>
  )
}
