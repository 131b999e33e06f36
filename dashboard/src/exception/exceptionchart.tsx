"use client"
import type { ExceptionAnswer } from "@ossagent/wire"
import { useMemo } from "react"
import { type Line, toRows } from "../chart/lines.ts"
import { TimeChart } from "../chart/timechart.tsx"
import { Panel } from "../piece/panel.tsx"
import { useTimeRange } from "../time/provider.tsx"
import { LONG_RANGE } from "./use-exceptions.ts"

const MOST_LINES = 8

/** How often in each step, a line for each of the versions that had it in this time. */
export function ExceptionChart({ answer }: { answer: ExceptionAnswer }) {
  const [, , zoom] = useTimeRange(LONG_RANGE)
  const { from, to, stepMs } = answer
  const lines = useMemo(() => toLines(answer), [answer])
  const rows = useMemo(() => {
    const t = answer.row.counts.map((_, i) => answer.from + i * answer.stepMs)
    return toRows(t, lines)
  }, [answer, lines])
  return (
    <Panel aria-label="Occurrences" className="overflow-hidden">
      <header className="px-4 pt-3 pb-1">
        <h2 className="font-semibold text-[15px]">Occurrences</h2>
        <p className="text-ink-3 text-xs">in each {formatStep(stepMs)}, by version</p>
      </header>
      {lines.length === 0 ? (
        <p className="px-4 pb-4 text-[13px] text-ink-3">None in this time.</p>
      ) : (
        <>
          <ul className="flex flex-wrap gap-x-4 gap-y-1 px-4 text-xs">
            {lines.map((line) => (
              <li key={line.key} className="flex items-center gap-1.5">
                <span
                  aria-hidden="true"
                  className="size-2 rounded-full"
                  style={{ background: `var(--s${line.color})` }}
                />
                {line.label}
              </li>
            ))}
          </ul>
          <TimeChart
            rows={rows}
            lines={lines}
            unit=""
            stat="sum"
            from={from}
            to={to}
            height={220}
            label="Occurrences over time"
            onZoom={zoom}
            service={answer.row.service}
          />
        </>
      )}
    </Panel>
  )
}

const toLines = ({ versions }: ExceptionAnswer): Line[] =>
  versions
    .filter(({ counts }) => counts.some((count) => count > 0))
    .slice(0, MOST_LINES)
    .map(({ version, counts }, i) => ({
      ...{ key: `l${i}`, label: version || "(no version)", stat: "sum", group: { version } },
      ...{ ago: null, color: i, shade: 0, values: counts },
    }))

function formatStep(ms: number): string {
  const sec = Math.round(ms / 1_000)
  return sec < 120 ? `${sec} s` : sec < 7_200 ? `${Math.round(sec / 60)} min` : `${Math.round(sec / 3_600)} h`
}
