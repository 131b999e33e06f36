import type { CareReport } from "@ossagent/wire"
import { Panel } from "../piece/panel.tsx"

type Day = CareReport["byDay"][number]

/** Incidents and messages of each day that had some, the newest first; days are those of UTC. */
export function DayTable({ days }: { days: readonly Day[] }) {
  const mostIncidents = Math.max(1, ...days.map(({ incidents }) => incidents))
  const mostMessages = Math.max(1, ...days.map(({ messages }) => messages))
  return (
    <Panel aria-label="By day" className="overflow-hidden">
      <h2 className="border-line border-b px-4 py-2.5 font-semibold text-[15px]">
        By day <span className="font-normal text-ink-3 text-xs">of UTC</span>
      </h2>
      <div className="max-h-96 overflow-auto">
        <table className="w-full text-[13px]">
          <thead className="text-left text-ink-3 text-xs">
            <tr>
              <th scope="col" className="px-4 py-1.5 font-medium">
                Day
              </th>
              <th scope="col" className="w-2/5 px-4 py-1.5 font-medium">
                Incidents
              </th>
              <th scope="col" className="w-2/5 px-4 py-1.5 font-medium">
                Messages
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {days.toReversed().map(({ day, incidents, messages }) => (
              <tr key={day}>
                <th scope="row" className="px-4 py-1.5 text-left font-medium whitespace-nowrap">
                  {day}
                </th>
                <td className="px-4 py-1.5">
                  <Bar value={incidents} of={mostIncidents} color="var(--s1)" />
                </td>
                <td className="px-4 py-1.5">
                  <Bar value={messages} of={mostMessages} color="var(--s0)" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

const Bar = ({ value, of, color }: { value: number; of: number; color: string }) => (
  <span className="flex items-center gap-2">
    <span className="w-9 shrink-0 text-right tabular-nums">{value.toLocaleString("en")}</span>
    <span aria-hidden="true" className="h-2 min-w-0 flex-1">
      <span className="block h-full rounded-sm" style={{ width: `${(value / of) * 100}%`, background: color }} />
    </span>
  </span>
)
