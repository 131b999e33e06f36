import { createHash } from "node:crypto"
import type { Group } from "@ossagent/wire"

export interface Identity {
  ruleId: string
  metric: string
  stat: string
  group: Group
}

/** The same for the same trouble of the same series and rule, however its dimensions are ordered. */
export function toFingerprint({ ruleId, metric, stat, group }: Identity): string {
  const dims = Object.keys(group)
    .sort()
    .map((dim) => `${dim}\u0002${group[dim]}`)
  return createHash("sha256")
    .update([ruleId, metric, stat, ...dims].join("\u0001"))
    .digest("hex")
    .slice(0, 32)
}
