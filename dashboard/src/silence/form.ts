import type { Alarm } from "@ossagent/wire"
import { type Draft, emptyDraft, escapeCommas, PLACE_DIMS, toDraftFault } from "../matcher/draft.ts"

/** What an address fills the form in with. */
export function draftsOf(query: { get: (name: string) => string | null }): Draft[] {
  const given = PLACE_DIMS.flatMap((dim) => {
    const values = query.get(dim)
    return values ? [{ ...emptyDraft(dim), values }] : []
  })
  return given.length > 0 ? given : [emptyDraft("service")]
}

/** Silencing one host or version of many is a choice of its own. */
const LEFT_OUT = ["version", "host"]

/** What an alarm is known by, to be changed before it is silenced. */
export function draftsOfAlarm({ group, metric }: Alarm): Draft[] {
  const known = Object.entries({ ...group, ...(metric ? { metric } : {}) })
  const drafts = known
    .filter(([dim, value]) => value !== "" && !LEFT_OUT.includes(dim))
    .map(([dim, value]) => ({ ...emptyDraft(dim), values: escapeCommas(value) }))
  return drafts.length > 0 ? drafts : [emptyDraft("service")]
}

/** What is missing, in words; null when it can be sent. */
export function toFault(drafts: readonly Draft[]): string | null {
  if (drafts.length === 0) return "Add at least one matcher: a silence without one would mute everything."
  return toDraftFault(drafts)
}
