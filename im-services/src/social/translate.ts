import { RpcError } from "@ossagent/svrkit/rpc"
import { socialError } from "./generated/social.server.ts"

/** Errors of auth and mailbox in this service's own words. */
export async function translate<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    const { code, message, retry, retryAfterMs } = error
    if (code === "no_such_user" || code === "bad_request") throw socialError(code, message)
    if (retry) throw socialError("unavailable", message, { retryAfterMs })
    throw error
  }
}
