"use client"
import type { TooltipContentProps } from "recharts"
import { formatValue } from "../number/unit.ts"
import { formatInstant, type Zone } from "../time/clock.ts"
import type { Line } from "./lines.ts"

const MOST = 12

type Given = Partial<Pick<TooltipContentProps<number, string>, "active" | "payload" | "label">>

/** All lines at the crosshair, the largest first. */
export function ChartTooltip({
  active,
  payload,
  label,
  lines,
  unit,
  zone,
}: Given & { lines: readonly Line[]; unit: string; zone: Zone }) {
  const row = payload?.[0]?.payload as Record<string, number | null> | undefined
  if (!active || !row) return null
  const found = lines
    .map((line) => ({ line, value: row[line.key] ?? null }))
    .filter(({ value }) => value !== null)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0))
  return (
    <div className="pointer-events-none max-w-80 rounded-md border border-line bg-surface px-2.5 py-2 text-xs shadow-high">
      <div className="mb-1 text-ink-3">{formatInstant(Number(label), zone)}</div>
      <table>
        <tbody>
          {found.slice(0, MOST).map(({ line, value }) => (
            <tr key={line.key}>
              <td className="pr-2">
                <LineSwatch line={line} />
              </td>
              <td className="max-w-48 truncate pr-3 text-ink-2">{line.label}</td>
              <td className="text-right font-medium whitespace-nowrap">{formatValue(value, unit, line.stat)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.length === 0 && <div className="text-ink-3">nothing recorded</div>}
      {found.length > MOST && <div className="mt-1 text-ink-3">and {found.length - MOST} more</div>}
    </div>
  )
}

const SHADES = [1, 0.6, 0.35, 0.22]

/** How opaque a line is drawn. */
export const shadeOf = ({ shade }: Pick<Line, "shade">): number => SHADES[Math.min(shade, SHADES.length - 1)] ?? 1

/** The line's colour and dashes, as a short piece of it. */
export function LineSwatch({ line }: { line: Pick<Line, "color" | "ago" | "shade"> }) {
  return (
    <svg aria-hidden="true" width="16" height="8" viewBox="0 0 16 8" className="inline-block shrink-0">
      <path
        d="M0 4h16"
        stroke={`var(--s${line.color})`}
        strokeWidth={line.ago ? 1.6 : 3}
        strokeOpacity={shadeOf(line)}
        strokeDasharray={line.ago === "1d" ? "5 3" : line.ago === "7d" ? "2 2" : undefined}
      />
    </svg>
  )
}
