import { CHAT_ERRORS, encodeFailure } from "@ossagent/im-client/protocol"
import { CodecError } from "@ossagent/svrkit/codec"
import { RpcError } from "@ossagent/svrkit/rpc"

/** Why a client is refused: a code of chat.xml. */
export interface Refusal {
  code: keyof typeof CHAT_ERRORS
  message: string
  retryAfterMs?: number
  /** The fault is ours. */
  fault?: boolean
}

const isChatCode = (code: string): code is Refusal["code"] => Object.hasOwn(CHAT_ERRORS, code)

/** What a client is told of an error: codes of chat.xml as they are, everything else as a part that is away. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof CodecError) return { code: "bad_request", message: `cannot read the request: ${error.message}` }
  if (error instanceof RpcError && isChatCode(error.code)) {
    const { code, message, retryAfterMs } = error
    return code === "unavailable" ? away(retryAfterMs) : { code, message, retryAfterMs }
  }
  if (error instanceof RpcError) return away(error.retryAfterMs)
  return { ...away(0), fault: true }
}

const away = (retryAfterMs: number): Refusal => ({
  code: "unavailable",
  message: "a part of the service is away for a moment",
  retryAfterMs,
})

export const toFailure = ({ code, message, retryAfterMs }: Refusal): Uint8Array =>
  encodeFailure({ code, message, retryAfterMs })
