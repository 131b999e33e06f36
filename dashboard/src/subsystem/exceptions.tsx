"use client"
import { ExceptionRow } from "../exception/exceptionrow.tsx"
import { useExceptions } from "../exception/use-exceptions.ts"
import { Panel } from "../piece/panel.tsx"
import type { TimeRange } from "../time/range.ts"

/** What was thrown in the range, new ones first; nothing at all when nothing was. */
export function Exceptions({ service, subsystem, range }: { service: string; subsystem: string; range: TimeRange }) {
  const { answer } = useExceptions({ service, subsystem, limit: 50 }, range)
  if (!answer || answer.rows.length === 0) return null
  return (
    <Panel aria-label="Exceptions" className="overflow-hidden">
      <h2 className="border-line border-b px-4 py-2.5 font-semibold text-[15px]">Exceptions</h2>
      <ul className="divide-y divide-line">
        {answer.rows.map((row) => (
          <ExceptionRow key={row.fingerprint} row={row} />
        ))}
      </ul>
    </Panel>
  )
}
