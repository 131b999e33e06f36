"use client"
import type { ExceptionAnswer } from "@ossagent/wire"
import Link from "next/link"
import useSWR from "swr"
import { placeHref } from "../catalog/links.ts"
import { Badge } from "../piece/badge.tsx"
import { Fact } from "../piece/fact.tsx"
import { Empty, Failure, PageHead, Panel, Skeleton } from "../piece/panel.tsx"
import { AskError, ask } from "../question/ask.ts"
import { CopyButton } from "../start/copybutton.tsx"
import { TimePicker, When } from "../time/picker.tsx"
import { useTimeRange } from "../time/provider.tsx"
import { formatRange, toWindow } from "../time/range.ts"
import { ExceptionAlarms } from "./exceptionalarms.tsx"
import { ExceptionChart } from "./exceptionchart.tsx"
import { LONG_RANGE } from "./use-exceptions.ts"
import { Versions } from "./versions.tsx"
import { describeCount, describeNew } from "./words.ts"

const EVERY_MS = 10_000

/** One error: where it comes from, since which version, how often, and what the newest looked like. */
export function ExceptionPage({ service, fingerprint }: { service: string; fingerprint: string }) {
  const [range] = useTimeRange(LONG_RANGE)
  const { data, error, mutate } = useSWR<ExceptionAnswer, Error>(
    ["exception", service, fingerprint, formatRange(range)],
    () => {
      const { from, to } = toWindow(range, Date.now())
      return ask("exception", { service, fingerprint, from: Math.floor(from), to: Math.ceil(to) })
    },
    { refreshInterval: range.kind === "last" ? EVERY_MS : 0, keepPreviousData: true },
  )
  if (error && !data)
    return (
      <>
        <PageHead title="Exception" about={<BackLink />} />
        {error instanceof AskError && error.status === 404 ? (
          <Empty icon="warning" title="There is no such exception">
            What was not seen for 90 days is removed.
          </Empty>
        ) : (
          <Failure error={error} onRetry={() => void mutate()} />
        )}
      </>
    )
  if (!data) return <Skeleton className="h-96 rounded-lg" />
  return (
    <>
      <PageHead title={titleOf(data)} about={<BackLink />}>
        <TimePicker fallback={LONG_RANGE} />
      </PageHead>
      {error && <Failure error={error} onRetry={() => void mutate()} />}
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_26rem]">
        <div className="min-w-0 space-y-4">
          <Facts answer={data} />
          <ExceptionChart answer={data} />
          <Sample answer={data} />
        </div>
        <div className="min-w-0 space-y-4">
          <Versions versions={data.versions} />
          <ExceptionAlarms service={service} fingerprint={fingerprint} />
        </div>
      </div>
    </>
  )
}

const titleOf = ({ row }: ExceptionAnswer): string => (row.place ? `${row.type} in ${row.place}` : row.type)

const BackLink = () => (
  <Link prefetch={false} href="/exceptions" className="text-accent hover:underline">
    All exceptions
  </Link>
)

function Facts({ answer: { row } }: { answer: ExceptionAnswer }) {
  const news = describeNew(row)
  return (
    <Panel aria-label="What it is">
      <div className="space-y-3 p-4">
        {news && (
          <p className="flex flex-wrap items-center gap-1.5 text-[13px] text-ink-2">
            <Badge tone="bad" icon="warning">
              {news.badge}
            </Badge>
            {news.why}
          </p>
        )}
        <p data-testid="message" className="break-words">
          {row.message || "(no message)"}
        </p>
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-[13px] sm:grid-cols-4">
          <Fact name="In this time">{describeCount(row)}</Fact>
          <Fact name="In all">{describeCount(row.total)}</Fact>
          <Fact name="First seen">
            <When at={row.firstSeen} /> in {row.firstVersion || "(no version)"}
          </Fact>
          <Fact name="Last seen">
            <When at={row.lastSeen} />
          </Fact>
        </dl>
        <p className="text-[13px]">
          <Link href={placeHref(row.service, row.subsystem)} prefetch={false} className="text-accent hover:underline">
            {row.service}/{row.subsystem}
          </Link>
        </p>
      </div>
    </Panel>
  )
}

function Sample({ answer: { sample } }: { answer: ExceptionAnswer }) {
  return (
    <Panel aria-label="Stack" className="overflow-hidden">
      <header className="flex flex-wrap items-center justify-between gap-2 border-line border-b px-4 py-2.5">
        <div className="min-w-0">
          <h2 className="font-semibold text-[15px]">Stack of the newest</h2>
          <p className="text-ink-3 text-xs break-words">
            version {sample.version || "(none)"} on {sample.host}, <When at={sample.at} />
          </p>
        </div>
        <CopyButton text={sample.stack} label="Copy the stack" />
      </header>
      <pre
        data-testid="stack"
        className="max-h-[32rem] overflow-auto p-4 font-mono text-xs whitespace-pre-wrap break-words"
      >
        {sample.stack || "no stack was sent"}
      </pre>
    </Panel>
  )
}
