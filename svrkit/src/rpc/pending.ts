import type { Method } from "../codec/index.ts"
import type { CallPoints } from "./client-points.ts"
import type { Lane } from "./lane.ts"
import type { MemoryCall, MemoryLane } from "./memory.ts"
import type { ServerCall } from "./server-call.ts"

/** One call at its caller, from its making to its end, over all its tries. */
export interface Pending {
  method: Method
  points: CallPoints
  request: unknown
  priority: number
  user: number
  /** Of both priorities, as levels are. */
  key: number
  version: string
  startedAt: number
  deadlineAt: number
  tries: number
  /** Where it was sent last, and under which number. */
  lane: Lane | MemoryLane | null
  id: number
  inMemory: MemoryCall | null
  /** Its place among the open calls of its channel; -1: none. */
  at: number
  sentAt: number
  over: boolean
  resolve: (reply: unknown) => void
  reject: (error: Error) => void
  signal: AbortSignal | undefined
  /** The call on whose behalf this one is: ends with it. */
  under: ServerCall | undefined
  onAbort: (() => void) | undefined
}
