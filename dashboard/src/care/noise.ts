import type { CareReport } from "@ossagent/wire"

type Rule = CareReport["rules"][number]

/** With fewer alarms nothing is said of a rule that nobody judged. */
const LEAST_FIRED = 5

/** What makes a rule look like noise; null when nothing does. */
export function describeNoise({ fired, flapped, acknowledged, useful, noise }: Rule): string | null {
  if (noise > useful) return "judged noise"
  if (fired >= LEAST_FIRED && flapped * 2 > fired) return "flaps"
  if (fired >= LEAST_FIRED && acknowledged === 0 && useful === 0) return "nobody takes it"
  return null
}

/** What looks like noise first, then what fired most. */
export const byNoise = (a: Rule, b: Rule): number =>
  Number(describeNoise(b) !== null) - Number(describeNoise(a) !== null) || b.noise - a.noise || b.fired - a.fired
