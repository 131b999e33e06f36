/** When a version is put out. */
export interface LogicLimits {
  /** Its event loop did not turn for so long, ms; shorter than the deadlines of its calls, or they are late. */
  blockMs: number
  /** Heap and external memory of its thread, bytes; at a quarter more the engine itself ends the thread. */
  heapBytes: number
  /** Share of calls that failed by its own fault … */
  faultRatio: number
  /** … among at least so many … */
  faultCalls: number
  /** … within so long, ms. */
  windowMs: number
  /** A version that is not ready after so long is not loaded, ms. */
  loadMs: number
  /** What is still running after so long when it is unloaded is treated as if it had been put out, ms. */
  drainMs: number
  /** Calls given to one thread and not answered; further ones are `overloaded`. */
  mostInFlight: number
}

export const LOGIC_LIMITS: LogicLimits = {
  blockMs: 500,
  heapBytes: 256 * 1024 * 1024,
  faultRatio: 0.2,
  faultCalls: 50,
  windowMs: 10_000,
  loadMs: 15_000,
  drainMs: 10_000,
  mostInFlight: 8_192,
}
