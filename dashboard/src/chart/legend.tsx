"use client"
import { formatValue } from "../number/unit.ts"
import { type Line, summarize } from "./lines.ts"
import { LineSwatch } from "./tooltip.tsx"

interface LegendProps {
  lines: readonly Line[]
  unit: string
  hidden: ReadonlySet<string>
  onToggle: (key: string) => void
  onFocus: (key: string | null) => void
}

/** The lines with their figures; a press hides or shows a line, the pointer brings it to the front. */
export function Legend({ lines, unit, hidden, onToggle, onFocus }: LegendProps) {
  return (
    <div className="overflow-x-auto">
      <table data-testid="legend" className="w-full text-[13px]">
        <thead className="text-left text-ink-3 text-xs">
          <tr>
            <th className="py-1.5 pr-3 pl-4 font-medium">Line</th>
            {["Last", "Average", "Largest"].map((name) => (
              <th key={name} className="px-3 py-1.5 text-right font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => {
            const { last, avg, max } = summarize(line.values)
            const off = hidden.has(line.key)
            return (
              <tr
                key={line.key}
                onMouseEnter={() => onFocus(line.key)}
                onMouseLeave={() => onFocus(null)}
                className={`border-line border-t hover:bg-sunken/60 ${off ? "opacity-45" : ""}`}
              >
                <td className="py-1 pr-3 pl-4">
                  <button
                    type="button"
                    aria-pressed={!off}
                    aria-label={`Show ${line.label}`}
                    onClick={() => onToggle(line.key)}
                    onFocus={() => onFocus(line.key)}
                    onBlur={() => onFocus(null)}
                    className="flex items-center gap-2 text-left"
                  >
                    <LineSwatch line={line} />
                    <span className={`break-all ${off ? "line-through" : ""}`}>{line.label}</span>
                  </button>
                </td>
                {[last, avg, max].map((value, i) => (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: the columns are fixed
                    key={i}
                    className={`px-3 py-1 text-right whitespace-nowrap ${i === 0 ? "font-medium" : "text-ink-2"}`}
                  >
                    {formatValue(value, unit, line.stat)}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
