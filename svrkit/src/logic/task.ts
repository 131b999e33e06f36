import type { Method } from "../codec/index.ts"
import type { ServerCall } from "../rpc/server-call.ts"
import type { Caller, Route } from "./route.ts"

/** One call on its way through the container. */
export interface Task {
  method: Method
  /** The handler's name. */
  name: string
  request: unknown
  caller: Caller
  route: Route
  call: ServerCall
  /** Unix ms. */
  deadlineAt: number
  beganAt: number
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

export const isExpired = ({ call }: Task, now = performance.now()): boolean => now >= call.deadlineAt
