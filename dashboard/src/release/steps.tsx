import type { Release } from "@ossagent/wire"
import { formatRatio } from "./words.ts"

/** The steps of a release in a row: those behind it, the one it is at, those to come. */
export function Steps({ release: { steps, step, state } }: { release: Release }) {
  const begun = state !== "waiting"
  return (
    <ol aria-label="Steps" className="flex items-center gap-1 text-xs tabular-nums">
      {steps.map((ratio, i) => {
        const past = begun && (i < step || state === "done")
        const here = begun && i === step && state !== "done"
        const look = past
          ? "bg-ok-soft text-ok"
          : here
            ? state === "rolled_back"
              ? "bg-bad-soft text-bad font-medium"
              : "bg-accent-soft text-accent font-medium"
            : "bg-sunken text-ink-3"
        return (
          <li
            key={ratio}
            aria-current={here ? "step" : undefined}
            className={`rounded px-1.5 py-0.5 whitespace-nowrap ${look}`}
          >
            {formatRatio(ratio)}
          </li>
        )
      })}
    </ol>
  )
}
