import type { Matcher } from "@ossagent/wire"

/** A matcher as it is being typed; `values` with commas between. */
export interface Draft {
  id: number
  dim: string
  op: Matcher["op"]
  values: string
}

/** What a silence may ask about, besides `label.<name>`. */
export const PLACE_DIMS = ["service", "subsystem", "version", "host", "metric", "rule"] as const
/** What routes, inhibitions and maintenance windows may ask about, besides `label.<name>`. */
export const ALL_DIMS = [...PLACE_DIMS, "severity", "detection", "owner"] as const

let nextId = 1
export const emptyDraft = (dim: string): Draft => ({ id: nextId++, dim, op: "in", values: "" })

export const toDrafts = (matchers: readonly Matcher[]): Draft[] =>
  matchers.map(({ dim, op, values }) => ({ id: nextId++, dim, op, values: values.map(escapeCommas).join(", ") }))

export const toMatchers = (drafts: readonly Draft[]): Matcher[] =>
  drafts.map(({ dim, op, values }) => ({ dim: dim.trim(), op, values: toValues(values) }))

/** What is missing in one of them, in words; null when all can be sent. */
export const toDraftFault = (drafts: readonly Draft[]): string | null =>
  toMatchers(drafts).some(({ dim, values }) => dim === "" || values.length === 0)
    ? "Each matcher needs a name and at least one value."
    : null

/** A comma inside a value is written `\,`. */
export const escapeCommas = (value: string): string => value.replaceAll(",", "\\,")

/** `a, b\,c`: a and `b,c`, each once. */
export const toValues = (text: string): string[] =>
  [...new Set(text.split(/(?<!\\),/).map((value) => value.replaceAll("\\,", ",").trim()))].filter(Boolean)

const OPS: Record<Matcher["op"], string> = { in: "is", notIn: "is not", like: "is like" }

/** `service is shop or pay`, `version is not 8.0.1`. */
export const describe = ({ dim, op, values }: Matcher): string => `${dim} ${OPS[op]} ${values.join(" or ")}`
