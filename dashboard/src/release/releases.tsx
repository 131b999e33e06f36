"use client"
import { useState } from "react"
import { Button } from "../piece/button.tsx"
import { Segments } from "../piece/field.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { useMay } from "../shell/person.tsx"
import { useQuery } from "../time/provider.tsx"
import { Modules } from "./modules.tsx"
import { ReleaseDialog } from "./releasedialog.tsx"
import { ReleaseRow } from "./releaserow.tsx"
import { useModules, useReleases } from "./use-releases.ts"

const KINDS = [
  { value: "releases", label: "Releases" },
  { value: "experiments", label: "Experiments" },
] as const
const PAGE = 50

/** Versions of logic that go out by steps, and experiments that are held at a ratio. */
export function Releases() {
  const may = useMay("operator")
  const [query, change] = useQuery()
  const experiments = query.get("kind") === "experiments"
  const [limit, setLimit] = useState(PAGE)
  const { releases, more, error, refresh } = useReleases(experiments, limit)
  const { modules, error: unknown, refresh: askModules } = useModules()
  const [starting, setStarting] = useState(false)
  const none = modules?.length === 0
  return (
    <>
      <PageHead title="Releases" about="New versions of logic, step by step, each judged against the one before">
        <Segments
          label="Releases or experiments"
          choices={KINDS}
          value={experiments ? "experiments" : "releases"}
          onChange={(value) => change({ kind: value === "experiments" ? value : null })}
        />
        {may && (
          <Button look="main" icon="plus" onClick={() => setStarting(true)} disabled={!modules || none}>
            {experiments ? "New experiment" : "New release"}
          </Button>
        )}
      </PageHead>
      <div className="space-y-4">
        {error && <Failure error={error} onRetry={refresh} />}
        <Panel aria-label={experiments ? "Experiments" : "Releases"} className="overflow-hidden">
          {releases === null && !error && <SkeletonRows count={4} />}
          {releases?.length === 0 && <NoReleases experiments={experiments} may={may && !none} />}
          {releases !== null && releases.length > 0 && (
            <ul data-testid="releases" className="divide-y divide-line">
              {releases.map((release) => (
                <ReleaseRow key={release.id} release={release} />
              ))}
            </ul>
          )}
        </Panel>
        {more && <Button onClick={() => setLimit(limit + PAGE)}>Show older ones</Button>}
        {unknown && !error && <Failure error={unknown} onRetry={askModules} />}
        {modules && <Modules modules={modules} />}
      </div>
      {starting && modules && (
        <ReleaseDialog modules={modules} experiment={experiments} onClose={() => setStarting(false)} />
      )}
    </>
  )
}

function NoReleases({ experiments, may }: { experiments: boolean; may: boolean }) {
  const what = experiments ? "experiment" : "release"
  return (
    <Empty icon="release" title={`There has been no ${what} yet`}>
      {may ? (
        <>
          Put a version into the folder of a module, then press New {what}, or:{" "}
          <code className="font-mono text-xs whitespace-nowrap">
            npx ossagent release start MODULE VERSION{experiments ? " --experiment --ratio 50" : ""}
          </code>
        </>
      ) : (
        `When an operator starts one, its steps and its judgement stand here.`
      )}
    </Empty>
  )
}
