import type { Verdict } from "../alarm/decide.ts"
import type { Judgement } from "./history.ts"
import { F, type HistoryState } from "./state.ts"

/** So far out that one point is enough. */
const EXTREME = 0.995
/** Below this it counts as good again. */
const GOOD = 0.9
const LAST = 3
const NEEDED = 2

/**
 * Turns the score of the newest point into a verdict: bad at once when it is far out, else when it is the second of the last three
 * that are out. Good again only when nothing is off. Remembers the last points in the state, so it is called once a point.
 */
export function toHistoryVerdict(state: HistoryState, { score, off }: Judgement, sensitivity: number): Verdict {
  const out = score >= sensitivity
  const bits = (((state.numbers[F.recentBad] as number) << 1) | (out ? 1 : 0)) & ((1 << LAST) - 1)
  state.numbers[F.recentBad] = bits
  if (!out) return score < GOOD && !off ? "good" : "between"
  return score >= EXTREME || countBits(bits) >= NEEDED ? "bad" : "between"
}

function countBits(bits: number): number {
  let count = 0
  for (let rest = bits; rest > 0; rest >>= 1) count += rest & 1
  return count
}
