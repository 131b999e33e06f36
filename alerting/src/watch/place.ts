import type { Group } from "@ossagent/wire"

/** Where something is, for people: `shop/checkout 8.0.1 on web-3, route=/pay`. */
export function toPlace(group: Group): string {
  const { service, subsystem, version, host, ...labels } = group
  const parts = [
    [service, subsystem].filter(Boolean).join("/"),
    version ?? "",
    host ? `on ${host}` : "",
    Object.entries(labels)
      .map(([name, value]) => `${name.replace(/^label\./, "")}=${value}`)
      .join(" "),
  ]
  return parts.filter(Boolean).join(" ") || "everything"
}
