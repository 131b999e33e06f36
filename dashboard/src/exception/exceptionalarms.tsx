"use client"
import Link from "next/link"
import { useAlarms } from "../alarm/use-alarms.ts"
import { StateBadge } from "../piece/badge.tsx"
import { Failure, Panel, SkeletonRows } from "../piece/panel.tsx"
import { When } from "../time/picker.tsx"

/** The alarms that this error has raised. */
export function ExceptionAlarms({ service, fingerprint }: { service: string; fingerprint: string }) {
  const { alarms, error, refresh } = useAlarms({ state: "all", service })
  const own = (alarms ?? []).filter(({ group }) => group.exception === fingerprint)
  return (
    <Panel aria-label="Alarms" className="overflow-hidden">
      <h2 className="border-line border-b px-4 py-2.5 font-semibold text-[15px]">Alarms</h2>
      {error && <Failure error={error} onRetry={refresh} />}
      {alarms === null && !error && <SkeletonRows count={2} />}
      {alarms !== null && own.length === 0 && <p className="px-4 py-3 text-[13px] text-ink-3">None of it.</p>}
      <ul className="divide-y divide-line">
        {own.map((alarm) => (
          <li key={alarm.id} className="flex flex-wrap items-center gap-x-2 gap-y-1 px-4 py-2 text-[13px]">
            <StateBadge state={alarm.state} />
            <span className="text-ink-3 text-xs">
              <When at={alarm.startedAt} />
            </span>
            <Link
              href={`/alarms/${alarm.id}`}
              prefetch={false}
              className="min-w-0 basis-full break-words hover:underline"
            >
              {alarm.title}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
