"use client"
import type { AlarmEvent } from "@ossagent/wire"
import { StateBadge } from "../piece/badge.tsx"
import { Panel } from "../piece/panel.tsx"
import { When } from "../time/picker.tsx"

/** Every change of state, by whom and why, the newest first. */
export function History({ events }: { events: readonly AlarmEvent[] }) {
  return (
    <Panel aria-label="History">
      <h2 className="px-4 pt-3 font-semibold text-[15px]">History</h2>
      <ol data-testid="history" className="px-4 py-3">
        {events.toReversed().map(({ id, at, to, actor, why }) => (
          <li key={id} className="relative border-line border-l pb-4 pl-4 last:pb-1">
            <span aria-hidden="true" className="absolute top-1.5 -left-1 size-2 rounded-full bg-ink-3" />
            <div className="flex flex-wrap items-center gap-2">
              <StateBadge state={to} />
              <span className="text-ink-3 text-xs">
                <When at={at} /> · {actor}
              </span>
            </div>
            <p className="mt-1 text-[13px] break-words">{why}</p>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
