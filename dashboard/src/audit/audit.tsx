"use client"
import type { AuditEntry } from "@ossagent/wire"
import useSWRInfinite from "swr/infinite"
import { Button } from "../piece/button.tsx"
import { Empty, Failure, PageHead, Panel, SkeletonRows } from "../piece/panel.tsx"
import { call } from "../question/ask.ts"
import { When } from "../time/picker.tsx"

interface Page {
  entries: AuditEntry[]
  nextOwn: number | null
  nextBefore: string | null
}

function pathOf(_index: number, previous: Page | null): string | null {
  if (!previous) return "/api/audit"
  if (previous.nextOwn === null && previous.nextBefore === null) return null
  // what has ended on one side must not begin anew
  const params = new URLSearchParams({ own: String(previous.nextOwn ?? 0), before: previous.nextBefore ?? "1" })
  return `/api/audit?${params}`
}

/** Who changed what, of users, alarms, silences and rules, the newest first. */
export function Audit() {
  const { data, error, size, setSize, mutate } = useSWRInfinite<Page, Error>(
    pathOf,
    (path: string) => call<Page>(path),
    {
      refreshInterval: 10_000,
      revalidateFirstPage: true,
    },
  )
  const entries = (data ?? []).flatMap((page) => page.entries)
  const last = data?.at(-1)
  const more = last !== undefined && (last.nextOwn !== null || last.nextBefore !== null)
  return (
    <>
      <PageHead title="Audit" about="Who changed what: users, alarms, silences, rules; log-ins too" />
      {error && <Failure error={error} onRetry={() => void mutate()} />}
      <Panel className="overflow-hidden">
        {!data && !error && <SkeletonRows />}
        {data && entries.length === 0 && <Empty icon="audit" title="Nothing has been changed yet" />}
        {entries.length > 0 && (
          <div className="overflow-x-auto">
            <table data-testid="audit" className="w-full text-[13px]">
              <thead className="text-left text-ink-3 text-xs">
                <tr>
                  {["Time", "Who", "What", "Detail"].map((name) => (
                    <th key={name} className="px-4 py-2 font-medium">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {entries.map(({ id, at, actor, action, detail }) => (
                  <tr key={id} className="border-line border-t align-top">
                    <td className="px-4 py-1.5 whitespace-nowrap text-ink-2">
                      <When at={at} />
                    </td>
                    <td className="px-4 py-1.5 break-all">{actor}</td>
                    <td className="px-4 py-1.5 whitespace-nowrap font-medium">{action}</td>
                    <td className="min-w-60 px-4 py-1.5 text-ink-2 break-words">{detail}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
      {more && (
        <div className="mt-3">
          <Button onClick={() => void setSize(size + 1)}>Older</Button>
        </div>
      )}
    </>
  )
}
