"use client"
import type { ExceptionVersion } from "@ossagent/wire"
import { Panel } from "../piece/panel.tsx"
import { When } from "../time/picker.tsx"

/** The versions that have shown an error, the one seen last first. */
export function Versions({ versions }: { versions: readonly ExceptionVersion[] }) {
  return (
    <Panel aria-label="Versions" className="overflow-hidden">
      <h2 className="border-line border-b px-4 py-2.5 font-semibold text-[15px]">Versions</h2>
      <div className="overflow-x-auto">
        <table data-testid="versions" className="w-full text-[13px]">
          <thead className="text-left text-ink-3 text-xs">
            <tr>
              {["Version", "Times", "Users", "First", "Last"].map((name) => (
                <th key={name} scope="col" className="px-2 py-1.5 font-medium first:pl-4 last:pr-4">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {versions.map((one) => (
              <tr key={one.version}>
                <th scope="row" className="py-2 pr-2 pl-4 text-left font-medium break-all">
                  {one.version || "(none)"}
                </th>
                <td className="px-2 py-2 tabular-nums">{one.count.toLocaleString("en")}</td>
                <td className="px-2 py-2 tabular-nums">{one.users > 0 ? one.users.toLocaleString("en") : "–"}</td>
                <td className="px-2 py-2">
                  <When at={one.firstSeen} />
                </td>
                <td className="py-2 pr-4 pl-2">
                  <When at={one.lastSeen} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}
