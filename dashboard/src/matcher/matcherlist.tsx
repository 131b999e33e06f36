import type { Matcher } from "@ossagent/wire"
import { describe } from "./draft.ts"

/** Matchers as people read them; `none` says what it means that there are none. */
export function MatcherList({ matchers, none = "everything" }: { matchers: readonly Matcher[]; none?: string }) {
  if (matchers.length === 0) return <p className="text-[13px] text-ink-3">{none}</p>
  return (
    <p className="flex flex-wrap gap-1">
      {matchers.map((matcher) => (
        <code
          key={describe(matcher)}
          className="rounded bg-sunken px-1.5 py-0.5 font-mono text-ink-2 text-xs break-all"
        >
          {describe(matcher)}
        </code>
      ))}
    </p>
  )
}
