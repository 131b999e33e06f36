import type { LatestAnswer, RangeAnswer } from "@ossagent/wire"
import { entriesOf } from "./services.ts"

/** An optional dependency whose calls go without an answer. */
export interface Missed {
  /** Who goes on without it. */
  service: string
  subsystem: string
  /** What is missed. */
  to: string
  /** Of its calls, 0–1. */
  part: number
}

/** A part so small is no loss that people must know of. */
const LEAST_PART = 0.01
const LEAST_CALLS = 3

const keyOf = (group: Readonly<Record<string, string>>): string =>
  [group.service, group.subsystem, group["label.to"]].join("\n")

/** Most first. The answer has `rpc.client.calls` and `rpc.client.optional_missed` by service, subsystem and the service called. */
export function toMissed(answer: LatestAnswer): Missed[] {
  const calls = new Map<string, number>()
  const missed = new Map<string, { group: Readonly<Record<string, string>>; count: number }>()
  for (const { metric, group, value } of entriesOf(answer)) {
    const count = value("sum") ?? 0
    if (metric === "rpc.client.calls") calls.set(keyOf(group), count)
    else if (count >= LEAST_CALLS) missed.set(keyOf(group), { group, count })
  }
  return [...missed]
    .map(([key, { group, count }]) => ({
      service: group.service ?? "",
      subsystem: group.subsystem ?? "",
      to: group["label.to"] ?? "",
      part: Math.min(1, count / Math.max(count, calls.get(key) ?? 0)),
    }))
    .filter(({ part }) => part >= LEAST_PART)
    .sort((a, b) => b.part - a.part)
}

/** Gaps of so many steps do not end a loss: its calls may be rare. */
const MOST_GAP = 2

/** When the loss that lasts still began, Unix ms; null where none of it stands in the answer. Steps are minutes. */
export function beganAt({ t, series }: RangeAnswer): number | null {
  const values = series[0]?.values.sum ?? []
  let began: number | null = null
  let gap = 0
  for (let i = t.length - 1; i >= 0 && gap <= MOST_GAP; i--) {
    if ((values[i] ?? 0) > 0) {
      began = t[i] as number
      gap = 0
    } else gap++
  }
  return began
}
