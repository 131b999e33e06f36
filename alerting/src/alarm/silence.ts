import type { Group, NewSilence } from "@ossagent/wire"

export interface ActiveSilence extends Pick<NewSilence, "matchers"> {
  id: string
  until: number
}

export interface Silenceable {
  group: Group
  metric: string
  ruleName: string
}

/** The id of the first silence all of whose matchers match and that has not run out; null when there is none. */
export function toSilencedBy(alarm: Silenceable, silences: readonly ActiveSilence[], now: number): string | null {
  for (const silence of silences)
    if (silence.until > now && silence.matchers.every((matcher) => matches(alarm, matcher))) return silence.id
  return null
}

function matches(alarm: Silenceable, { dim, op, values }: NewSilence["matchers"][number]): boolean {
  const value = dim === "metric" ? alarm.metric : dim === "rule" ? alarm.ruleName : (alarm.group[dim] ?? "")
  return values.includes(value) === (op === "in")
}
