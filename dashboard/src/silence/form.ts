import type { NewSilence } from "@ossagent/wire"

export type Matcher = NewSilence["matchers"][number]

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

export const toMatchers = (drafts: readonly Draft[]): Matcher[] =>
  drafts.map(({ dim, op, values }) => ({ dim: dim.trim(), op, values: toValues(values) }))

/** What is missing, in words; null when it can be sent. */
export function toFault(drafts: readonly Draft[]): string | null {
  if (drafts.length === 0) return "Add at least one matcher: a silence without one would mute everything."
  if (toMatchers(drafts).some(({ dim, values }) => dim === "" || values.length === 0))
    return "Each matcher needs a name and at least one value."
  return null
}

const toValues = (text: string): string[] => [...new Set(text.split(",").map((value) => value.trim()))].filter(Boolean)

/** `service is shop, pay; version is not 8.0.1`. */
export const describe = ({ dim, op, values }: Matcher): string =>
  `${dim} ${op === "in" ? "is" : "is not"} ${values.join(" or ")}`
