"use client"
import type { ReleaseEvent } from "@ossagent/wire"
import { Badge, type Tone } from "../piece/badge.tsx"
import { Panel } from "../piece/panel.tsx"
import { When } from "../time/picker.tsx"
import { formatRatio } from "./words.ts"

const KINDS: Record<ReleaseEvent["kind"], [Tone, string]> = {
  started: ["info", "started"],
  step: ["info", "step"],
  held: ["warn", "held"],
  rolled_back: ["bad", "rolled back"],
  aborted: ["plain", "aborted"],
  done: ["ok", "done"],
}

/** What happened, who did it and why, the newest first. */
export function ReleaseTimeline({ events }: { events: readonly ReleaseEvent[] }) {
  return (
    <Panel aria-label="Timeline">
      <h2 className="px-4 pt-3 font-semibold text-[15px]">Timeline</h2>
      <ol data-testid="timeline" className="px-4 py-3">
        {events.toReversed().map(({ id, at, kind, actor, ratio, text }) => (
          <li key={id} className="relative border-line border-l pb-4 pl-4 last:pb-1">
            <span aria-hidden="true" className="absolute top-1.5 -left-1 size-2 rounded-full bg-ink-3" />
            <div className="flex flex-wrap items-center gap-2">
              <Badge tone={KINDS[kind][0]}>{kind === "step" ? formatRatio(ratio) : KINDS[kind][1]}</Badge>
              <span className="text-ink-3 text-xs break-all">
                <When at={at} />
                {actor !== "release" && ` · ${actor}`}
              </span>
            </div>
            {text && <p className="mt-1 text-[13px] break-words">{text}</p>}
          </li>
        ))}
      </ol>
    </Panel>
  )
}
