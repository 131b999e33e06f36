"use client"
import type { ThrottleState, ThrottlesAnswer } from "@ossagent/wire"
import { formatValue } from "../number/unit.ts"
import { Badge } from "../piece/badge.tsx"
import { Fact } from "../piece/fact.tsx"
import { Choice } from "../piece/field.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { useMay } from "../shell/person.tsx"
import { useQuery } from "../time/provider.tsx"
import { AllowSection } from "./allow.tsx"
import { ClassSection } from "./classes.tsx"
import { DryRun } from "./dryrun.tsx"
import { FeatureSection } from "./features.tsx"
import { ThrottleRow } from "./throttlerow.tsx"
import { useGuard } from "./use-guard.ts"
import { describeSuspect } from "./words.ts"

const STATES: { value: ThrottleState; label: string }[] = [
  { value: "active", label: "In force" },
  { value: "expired", label: "Over" },
  { value: "released", label: "Released" },
  { value: "dry-run", label: "Dry run" },
]

/** Who takes more than a client does, what speaks against it, and what people set about it. */
export function Throttles() {
  const may = useMay("operator")
  const [query, change] = useQuery()
  const state = STATES.find(({ value }) => value === query.get("state"))?.value ?? ""
  const { data, error, refresh } = useGuard<ThrottlesAnswer>(`throttles${state === "" ? "" : `?state=${state}`}`)
  return (
    <>
      <PageHead
        title="Throttles"
        about="Clients that take more than a person’s client does are kept off the network for a while"
      >
        <Choice
          name="State"
          all="Any state"
          value={state}
          values={STATES}
          onChange={(value) => change({ state: value || null })}
        />
        {data && may && <DryRun on={data.dryRun} />}
      </PageHead>
      <div className="space-y-4">
        {error && <Failure error={error} onRetry={refresh} />}
        {data?.dryRun && (
          <p role="status" className="rounded-md bg-warn-soft px-3 py-2 text-[13px] text-warn">
            Dry run: decisions are noted and nobody is sent away. What was in force before stays in force.
          </p>
        )}
        {data && <Totals answer={data} />}
        <Panel aria-label="Throttles" className="overflow-hidden">
          {data === null && !error && <SkeletonRows />}
          {data?.throttles.length === 0 && <Nothing narrowed={state !== ""} />}
          {data !== null && data.throttles.length > 0 && (
            <ul className="divide-y divide-line">
              {data.throttles.map((throttle) => (
                <ThrottleRow key={throttle.id} throttle={throttle} may={may} />
              ))}
            </ul>
          )}
        </Panel>
        <ClassSection suspects={data?.suspects ?? []} />
        <FeatureSection />
        <AllowSection />
      </div>
    </>
  )
}

function Totals({ answer: { counts, savedBytes, suspects } }: { answer: ThrottlesAnswer }) {
  return (
    <Panel aria-label="In all">
      <dl data-testid="throttle-totals" className="grid grid-cols-2 gap-x-6 gap-y-3 p-4 text-[13px] sm:grid-cols-4">
        <Fact name="In force now">{counts.active.toLocaleString("en")}</Fact>
        <Fact name="Over or released">{(counts.expired + counts.released).toLocaleString("en")}</Fact>
        <Fact name="Bytes saved, estimated">{formatValue(savedBytes, "By", "sum")}</Fact>
        <Fact name="Versions that stand out">
          {suspects.length === 0 ? "none" : suspects.map((one) => <Suspect key={one.version} suspect={one} />)}
        </Fact>
      </dl>
    </Panel>
  )
}

function Suspect({ suspect }: { suspect: ThrottlesAnswer["suspects"][number] }) {
  return (
    <span data-testid="suspect" className="mr-2 inline-flex items-center gap-1" title={describeSuspect(suspect)}>
      <Badge tone="bad" icon="warning">
        {suspect.version}
      </Badge>
    </span>
  )
}

function Nothing({ narrowed }: { narrowed: boolean }) {
  if (narrowed)
    return (
      <Empty icon="search" title="No throttle is in this state">
        Choose “Any state” above to see them all.
      </Empty>
    )
  return (
    <Empty icon="check" title="Nobody has been throttled">
      Whoever asks, reconnects or repeats itself far beyond its own past and the others of its version appears here,
      with the figures that speak against it.
    </Empty>
  )
}
