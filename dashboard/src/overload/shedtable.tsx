"use client"
import { Empty, Panel } from "../piece/panel.tsx"
import type { ShedRow } from "./services.ts"

const MOST = 50

/** What was not served, by method and business priority; most first. */
export function ShedTable({ rows }: { rows: readonly ShedRow[] }) {
  return (
    <Panel aria-label="By method and priority" className="overflow-hidden">
      <header className="border-line border-b px-4 py-2.5">
        <h2 className="font-semibold text-[15px]">By method and priority</h2>
        <p className="text-ink-3 text-xs">
          Priority 0 is the most important; it is that of the request at the entry, and all calls for it have it.
        </p>
      </header>
      {rows.length === 0 ? (
        <Empty icon="check" title="Nothing was refused in this time">
          When a service has more to do than it can, what it refuses stands here, and what its callers held back.
        </Empty>
      ) : (
        <div className="overflow-x-auto">
          <table data-testid="sheds" className="w-full text-[13px]">
            <thead className="text-left text-ink-3 text-xs">
              <tr>
                <th scope="col" className="px-4 py-1.5 font-medium">
                  Method
                </th>
                {["Priority", "Refused", "Held back by callers"].map((name) => (
                  <th key={name} scope="col" className="px-3 py-1.5 text-right font-medium whitespace-nowrap">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {rows.slice(0, MOST).map(({ to, method, priority, shed, heldBack }) => (
                <tr key={`${to} ${method} ${priority}`}>
                  <th scope="row" className="px-4 py-1.5 text-left font-medium break-words">
                    {to} <span className="text-ink-3">{method}</span>
                  </th>
                  {[priority, shed.toLocaleString("en"), heldBack.toLocaleString("en")].map((cell, i) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: cells of a row stand in one order
                    <td key={i} className="px-3 py-1.5 text-right tabular-nums">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}
