import { RpcError } from "@ossagent/svrkit/rpc"

/** What is away for a moment: the same may be asked again. */
export const unavailable = (message: string): RpcError =>
  new RpcError("unavailable", message, { retry: true, retryAfterMs: 200 })
