"use client"
import type { Release as ReleaseOf } from "@ossagent/wire"
import Link from "next/link"
import { useState } from "react"
import { Badge } from "../piece/badge.tsx"
import { Button } from "../piece/button.tsx"
import { Fact } from "../piece/fact.tsx"
import { Empty, Failure, PageHead, Panel, Skeleton } from "../piece/panel.tsx"
import { AskError } from "../question/ask.ts"
import { useMay } from "../shell/person.tsx"
import { formatSpan } from "../time/clock.ts"
import { When } from "../time/picker.tsx"
import { AbortDialog } from "./abortdialog.tsx"
import { JudgementPanel } from "./judgement.tsx"
import { Steps } from "./steps.tsx"
import { ReleaseTimeline } from "./timeline.tsx"
import { useRelease } from "./use-releases.ts"
import { describeAudience, lookOfState } from "./words.ts"

/** One release: how far it is, how each step was judged, what happened. */
export function Release({ id }: { id: string }) {
  const { page, error, refresh } = useRelease(id)
  const may = useMay("operator")
  const [aborting, setAborting] = useState(false)
  if (error && !page)
    return (
      <>
        <PageHead title="Release" about={<BackLink />} />
        {error instanceof AskError && [400, 404].includes(error.status) ? (
          <Empty icon="critical" title="There is no such release">
            Releases that ended long ago are removed.
          </Empty>
        ) : (
          <Failure error={error} onRetry={refresh} />
        )}
      </>
    )
  if (!page) return <Skeleton className="h-96 rounded-lg" />
  const { release, judgements, timeline } = page
  const { module, version, experiment, endedAt } = release
  return (
    <>
      <PageHead title={`${module} ${version}`} about={<BackLink experiment={experiment} />}>
        {may && endedAt === null && (
          <Button look="danger" icon="back" onClick={() => setAborting(true)}>
            {experiment ? "End the experiment" : "Abort"}
          </Button>
        )}
      </PageHead>
      {error && <Failure error={error} onRetry={refresh} />}
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_24rem]">
        <div className="min-w-0 space-y-4">
          <Facts release={release} />
          {judgements.length === 0 && (
            <Panel>
              <Empty icon="clock" title="Nothing was judged yet">
                Figures of both versions are compared some seconds after the first step began.
              </Empty>
            </Panel>
          )}
          {judgements.toReversed().map((judgement) => (
            <JudgementPanel key={judgement.step} judgement={judgement} experiment={experiment} />
          ))}
        </div>
        <ReleaseTimeline events={timeline} />
      </div>
      {aborting && <AbortDialog release={release} onClose={() => setAborting(false)} />}
    </>
  )
}

const BackLink = ({ experiment = false }: { experiment?: boolean }) => (
  <Link
    prefetch={false}
    href={experiment ? "/releases?kind=experiments" : "/releases"}
    className="text-accent hover:underline"
  >
    {experiment ? "All experiments" : "All releases"}
  </Link>
)

function Facts({ release }: { release: ReleaseOf }) {
  const [tone, icon, word] = lookOfState(release)
  const { service, from, why, startedAt, startedBy, endedAt, endedBy, stepSec, minSamples, audience, experiment } =
    release
  const who = describeAudience(audience)
  return (
    <Panel aria-label="How far it is">
      <div className="space-y-3 p-4">
        <div className="flex flex-wrap items-center gap-2">
          <Badge tone={tone} icon={icon}>
            {word}
          </Badge>
          <Steps release={release} />
          <span className="text-[13px] text-ink-3">#{release.id}</span>
        </div>
        <p data-testid="why" className="break-words">
          {why}
        </p>
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-[13px] sm:grid-cols-4">
          <Fact name="Service">{service}</Fact>
          <Fact name="After">{from}</Fact>
          <Fact name="Started">
            <When at={startedAt} />, {startedBy}
          </Fact>
          {endedAt !== null && (
            <Fact name="Ended">
              <When at={endedAt} />
              {endedBy !== "release" && `, ${endedBy}`}
            </Fact>
          )}
          {!experiment && <Fact name="A step lasts at least">{formatSpan(stepSec * 1_000)}</Fact>}
          <Fact name="Calls wanted of each side">{minSamples.toLocaleString("en")}</Fact>
          <Fact name="Who may get it">{who || "everybody"}</Fact>
        </dl>
      </div>
    </Panel>
  )
}
