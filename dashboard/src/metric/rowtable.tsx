"use client"
import type { Line, Row } from "../chart/lines.ts"
import { formatValue } from "../number/unit.ts"
import { When } from "../time/picker.tsx"

/** The same figures as numbers, the newest first. */
export function RowTable({ rows, lines, unit }: { rows: readonly Row[]; lines: readonly Line[]; unit: string }) {
  return (
    <div className="max-h-[30rem] overflow-auto">
      <table data-testid="row-table" className="w-full text-[13px]">
        <thead className="sticky top-0 bg-surface text-ink-3 text-xs">
          <tr>
            <th className="px-4 py-2 text-left font-medium">Time</th>
            {lines.map((line) => (
              <th key={line.key} className="px-3 py-2 text-right font-medium">
                {line.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.toReversed().map((row) => (
            <tr key={row.t} className="border-line border-t">
              <td className="px-4 py-1 whitespace-nowrap">
                <When at={row.t} />
              </td>
              {lines.map((line) => (
                <td key={line.key} className="px-3 py-1 text-right whitespace-nowrap">
                  {formatValue(row[line.key], unit, line.stat)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
