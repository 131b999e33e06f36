import { createHash } from "node:crypto"
import { EXCEPTION_LIMITS, type FrameException } from "@ossagent/wire"
import { cleanText } from "../instrument/family.ts"
import type { Roots } from "./roots.ts"
import { formatFrames, parseStack, type StackFrame, toPlace, toTrace } from "./stack.ts"
import { toPattern, withoutSecrets } from "./words.ts"

const MOST_CAUSES = 3
/** Of a stack that is looked at: some hosts make them long without end. */
const STACK_CHARS = 20_000

export type Described = Pick<FrameException, "fingerprint" | "type" | "message" | "stack" | "place">

/**
 * An error as it is reported: name, message, stack and causes, and nothing else that hangs on it. May throw, as the getters of a host's
 * error object may.
 */
export function describe(error: unknown, roots: Roots): Described {
  const { type, message, code, frames } = read(error, roots)
  return {
    fingerprint: toFingerprint({ type, message, code, frames }),
    type,
    message: withoutSecrets(message).slice(0, EXCEPTION_LIMITS.message),
    stack: withoutSecrets(toSample(error, roots)).slice(0, EXCEPTION_LIMITS.stack),
    place: toPlace(frames).slice(0, EXCEPTION_LIMITS.place),
  }
}

interface Read {
  type: string
  message: string
  /** As Node, PostgreSQL and many others number their errors; empty when it is none. */
  code: string
  frames: StackFrame[]
}

function read(error: unknown, roots: Roots): Read {
  if (!(error instanceof Error)) return { type: typeof error, message: toText(error), code: "", frames: [] }
  const { name, message, stack, code } = error as Error & { code?: unknown }
  return {
    type: cleanText(name || "Error", EXCEPTION_LIMITS.type),
    message: toText(message),
    code: typeof code === "string" && /^[\w.-]{1,64}$/.test(code) ? code : "",
    frames: parseStack(String(stack ?? "").slice(0, STACK_CHARS), roots),
  }
}

const toText = (value: unknown): string => String(value).slice(0, EXCEPTION_LIMITS.message)

/** Name, code, trace, and what the message says but for its particulars: one function may fail in several ways. */
function toFingerprint({ type, message, code, frames }: Read): string {
  const parts = [type, code, ...toTrace(frames), toPattern(message)]
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16)
}

function toSample(error: unknown, roots: Roots): string {
  const parts: string[] = []
  for (let one = error; one instanceof Error && parts.length <= MOST_CAUSES; one = one.cause) {
    const { type, message, frames } = read(one, roots)
    parts.push(`${parts.length > 0 ? "Caused by: " : ""}${type}: ${message}\n${formatFrames(frames)}`)
  }
  return parts.join("\n")
}
