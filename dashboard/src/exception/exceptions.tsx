"use client"
import Link from "next/link"
import { useMemo } from "react"
import { useCatalog } from "../catalog/use-catalog.ts"
import { Choice } from "../piece/field.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { TimePicker } from "../time/picker.tsx"
import { useQuery, useTimeRange } from "../time/provider.tsx"
import { ExceptionRow } from "./exceptionrow.tsx"
import { LONG_RANGE, useExceptions } from "./use-exceptions.ts"

/** Errors of every service, the new ones first; filters in the address. */
export function Exceptions() {
  const [query, change] = useQuery()
  const [range] = useTimeRange(LONG_RANGE)
  const service = query.get("service") ?? ""
  const version = query.get("version") ?? ""
  const { answer, error, refresh } = useExceptions(
    { ...(service ? { service } : {}), ...(version ? { version } : {}), limit: 200 },
    range,
  )
  const { services, versions } = useChoices(service)
  return (
    <>
      <PageHead
        title="Exceptions"
        about="What nobody caught and what services report, equal ones as one; new ones first"
      >
        <Choice
          name="Service"
          all="Every service"
          value={service}
          values={services}
          onChange={(value) => change({ service: value || null, version: null })}
        />
        <Choice
          name="Version"
          all="Every version"
          value={version}
          values={versions}
          onChange={(value) => change({ version: value || null })}
        />
        <TimePicker fallback={LONG_RANGE} />
      </PageHead>
      {error && <Failure error={error} onRetry={refresh} />}
      <Panel aria-label="Exceptions" className="overflow-hidden">
        {!answer && !error && <SkeletonRows />}
        {answer?.rows.length === 0 && <NoExceptions filtered={service !== "" || version !== ""} />}
        {answer && answer.rows.length > 0 && (
          <ul data-testid="exceptions" className="divide-y divide-line">
            {answer.rows.map((row) => (
              <ExceptionRow key={`${row.service} ${row.fingerprint}`} row={row} />
            ))}
          </ul>
        )}
      </Panel>
      {answer && answer.leftOff > 0 && (
        <p className="mt-2 text-[13px] text-ink-3">
          There are more than these: choose a service, a version or a shorter range.
        </p>
      )}
    </>
  )
}

/** What the catalog knows to choose from. */
function useChoices(service: string): { services: string[]; versions: string[] } {
  const { entries } = useCatalog({}, 30_000)
  return useMemo(() => {
    const all = entries ?? []
    const of = all.filter((entry) => service === "" || entry.service === service)
    return {
      services: [...new Set(all.map((entry) => entry.service))].sort(),
      versions: [...new Set(of.flatMap((entry) => entry.versions))].sort().reverse(),
    }
  }, [entries, service])
}

function NoExceptions({ filtered }: { filtered: boolean }) {
  if (filtered)
    return (
      <Empty icon="check" title="No such exception in this time">
        Choose a longer range, or every service and version.
      </Empty>
    )
  return (
    <Empty icon="check" title="No exceptions in this time">
      Uncaught errors and unhandled rejections come here by themselves; a service reports others with{" "}
      <code className="font-mono text-xs">oss.exception(error, {"{ version, user }"})</code>.{" "}
      <Link prefetch={false} href="/start" className="text-accent underline">
        Add a service
      </Link>
    </Empty>
  )
}
