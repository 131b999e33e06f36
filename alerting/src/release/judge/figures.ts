/** One group of users on one side, over a whole step. */
export interface Cell {
  /** Client version and region: only equal ones are compared. */
  stratum: string
  side: "old" | "new"
  calls: number
  faults: number
  /** Null without a call. */
  meanMs: number | null
  p95Ms: number | null
}

/** Live heap of the two versions' threads at one time, bytes; null where it was not said. */
export interface HeapPoint {
  at: number
  old: number | null
  new: number | null
}

export interface StepFigures {
  cells: readonly Cell[]
  /** Oldest first. */
  heap: readonly HeapPoint[]
  /** Why processes put the new version out, one for each. */
  crashes: readonly string[]
}
