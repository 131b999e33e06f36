import type { Alarm, NewSilence } from "@ossagent/wire"

type Matcher = NewSilence["matchers"][number]

/** A matcher as it is being typed; `values` with commas between. */
export interface Draft {
  id: number
  dim: string
  op: Matcher["op"]
  values: string
}

/** What a silence may ask about, besides `label.<name>`. */
export const DIMS = ["service", "subsystem", "version", "host", "metric", "rule"] as const

let nextId = 1
export const emptyDraft = (dim: string): Draft => ({ id: nextId++, dim, op: "in", values: "" })

export function draftsOf(query: { get: (name: string) => string | null }): Draft[] {
  const given = DIMS.flatMap((dim) => {
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
    .map(([dim, value]) => ({ ...emptyDraft(dim), values: value.replaceAll(",", "\\,") }))
  return drafts.length > 0 ? drafts : [emptyDraft("service")]
}

export const toMatchers = (drafts: readonly Draft[]): Matcher[] =>
  drafts.map(({ dim, op, values }) => ({ dim: dim.trim(), op, values: toValues(values) }))

/** What is missing, in words; null when it can be sent. */
export function toFault(drafts: readonly Draft[]): string | null {
  if (drafts.length === 0) return "Add at least one matcher: a silence without one would mute everything."
  if (toMatchers(drafts).some(({ dim, values }) => dim === "" || values.length === 0))
    return "Each matcher needs a name and at least one value."
  return null
}

/** A comma inside a value is written `\\,`. */
const toValues = (text: string): string[] =>
  [...new Set(text.split(/(?<!\\),/).map((value) => value.replaceAll("\\,", ",").trim()))].filter(Boolean)

/** `service is shop, pay; version is not 8.0.1`. */
export const describe = ({ dim, op, values }: Matcher): string =>
  `${dim} ${op === "in" ? "is" : "is not"} ${values.join(" or ")}`
