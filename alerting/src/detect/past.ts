import type { HistoryOptions } from "./band.ts"
import { observe } from "./history.ts"
import { createState, type HistoryState } from "./state.ts"

/**
 * The state that a series would have had it been watched all along.
 *
 * @param t Unix seconds of the points, oldest first
 * @param values as many, null where nothing came
 */
export function learnPast(
  t: readonly number[],
  values: readonly (number | null)[],
  options: HistoryOptions,
): HistoryState {
  const state = createState()
  for (let i = 0; i < t.length; i++) {
    const value = values[i]
    if (value !== null && value !== undefined && Number.isFinite(value)) observe(state, t[i] as number, value, options)
  }
  return state
}
