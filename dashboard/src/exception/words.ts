import type { ExceptionRow } from "@ossagent/wire"

/** Address of an error's page. */
export const exceptionHref = (service: string, fingerprint: string): string =>
  `/exceptions/${encodeURIComponent(service)}/${encodeURIComponent(fingerprint)}`

/** `17 times, 9 users`. */
export const describeCount = ({ count, users }: Pick<ExceptionRow, "count" | "users">): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "time" : "times"}${users > 0 ? `, ${users.toLocaleString("en")} ${users === 1 ? "user" : "users"}` : ""}`

/** `new in 8.0.2`, and what makes it so; null when it is not new. */
export function describeNew({
  isNew,
  firstVersion,
  versionBefore,
}: Pick<ExceptionRow, "isNew" | "firstVersion" | "versionBefore">): { badge: string; why: string } | null {
  if (!isNew) return null
  const why = versionBefore === null ? "not seen before" : `not seen in ${versionBefore}`
  return { badge: `new in ${firstVersion || "(no version)"}`, why }
}
