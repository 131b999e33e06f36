import type { Culprit } from "@ossagent/wire"

/** `version 8.0.2 explains 94 % of the rise`, `hosts web-1 and web-2 explain all of the fall`. */
export function describeCulprit(
  { dim, values, explains }: Pick<Culprit, "dim" | "values" | "explains">,
  change: -1 | 1,
): string {
  const name = dim.replace(/^label\./, "")
  const several = values.length > 1
  const share = explains >= 0.995 ? "all" : `${Math.round(explains * 100)} %`
  const listed = values.map((value) => value || "(none)").join(" and ")
  return `${name}${several ? "s" : ""} ${listed} explain${several ? "" : "s"} ${share} of the ${change > 0 ? "rise" : "fall"}`
}
