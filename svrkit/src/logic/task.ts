import type { Method } from "../codec/index.ts"
import type { ServerCall } from "../rpc/server-call.ts"
import { type Caller, REST, type Route } from "./route.ts"

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

/** A call that is about to be taken. */
export function toTask(
  { method, name, request, caller, call }: Pick<Task, "method" | "name" | "request" | "caller"> & { call: ServerCall },
  settle: Pick<Task, "resolve" | "reject">,
): Task {
  const beganAt = performance.now()
  const deadlineAt = Date.now() + call.deadlineAt - beganAt
  return { method, name, request, caller, call, route: REST, deadlineAt, beganAt, ...settle }
}
