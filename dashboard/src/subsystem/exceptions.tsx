"use client"
import type { ExceptionsAnswer } from "@ossagent/wire"
import useSWR from "swr"
import { Badge } from "../piece/badge.tsx"
import { Panel } from "../piece/panel.tsx"
import { ask } from "../question/ask.ts"
import { When } from "../time/picker.tsx"
import { formatRange, type TimeRange, toWindow } from "../time/range.ts"

/** What was thrown in the range, the most frequent first; nothing at all when nothing was. */
export function Exceptions({ service, subsystem, range }: { service: string; subsystem: string; range: TimeRange }) {
  const { data } = useSWR<ExceptionsAnswer, Error>(
    ["exceptions", service, formatRange(range)],
    () => {
      const { from, to } = toWindow(range, Date.now())
      return ask("exceptions", { service, from: Math.floor(from), to: Math.ceil(to), limit: 100 })
    },
    { refreshInterval: range.kind === "last" ? 10_000 : 0, keepPreviousData: true },
  )
  const rows = (data?.rows ?? []).filter((row) => row.subsystem === subsystem).sort((a, b) => b.count - a.count)
  if (rows.length === 0) return null
  return (
    <Panel aria-label="Exceptions" className="overflow-hidden">
      <h2 className="border-line border-b px-4 py-2.5 font-semibold text-[15px]">Exceptions</h2>
      <ul className="divide-y divide-line">
        {rows.map((row) => (
          <li key={`${row.fingerprint}${row.version}`}>
            <details className="group px-4 py-2">
              <summary className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
                <Badge tone="bad">{row.count} ×</Badge>
                <span className="min-w-0 flex-1 basis-60 truncate">
                  <span className="font-medium">{row.type}</span> <span className="text-ink-2">{row.message}</span>
                </span>
                <span className="text-ink-3 text-xs">
                  version {row.version} · last <When at={row.lastSeen} />
                </span>
              </summary>
              <pre className="mt-2 max-h-72 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs whitespace-pre-wrap">
                {row.stack || "no stack was sent"}
              </pre>
            </details>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
