import { createHash } from "node:crypto"
import type { FrameException } from "@ossagent/wire"
import { cleanText } from "./family.ts"

const MOST_PER_FLUSH = 100
const STACK_CHARS = 8_000

/**
 * Equal errors of one interval, counted by fingerprint and version; at most 100 different ones, what is over it is counted by the caller.
 */
export class Exceptions {
  private found = new Map<string, FrameException>()

  /** False when there was no room for one more kind of error. */
  add(error: unknown, version: string, at: number): boolean {
    const { type, message, stack } = describe(error)
    const fingerprint = fingerprintOf(type, stack, message)
    const key = `${fingerprint} ${version}`
    const known = this.found.get(key)
    if (known !== undefined) {
      known.count++
      return true
    }
    if (this.found.size >= MOST_PER_FLUSH) return false
    this.found.set(key, { fingerprint, type, message, stack, version, count: 1, at })
    return true
  }

  /** Gives up what was added since the last call. */
  drain(): FrameException[] {
    if (this.found.size === 0) return []
    const all = [...this.found.values()]
    this.found = new Map()
    return all
  }
}

function describe(error: unknown): { type: string; message: string; stack: string } {
  if (error instanceof Error) {
    return {
      type: cleanText(error.name || "Error", 128),
      message: String(error.message).slice(0, 1_000),
      stack: String(error.stack ?? "").slice(0, STACK_CHARS),
    }
  }
  return { type: typeof error, message: String(error).slice(0, 1_000), stack: "" }
}

/** The same for the same place in the code: type and function names with files, without lines, columns and the message. */
function fingerprintOf(type: string, stack: string, message: string): string {
  const frames = stack
    .split("\n")
    .filter((line) => line.trimStart().startsWith("at "))
    .slice(0, 12)
    .map((line) => line.trim().replace(/:\d+:\d+\)?$/, ""))
  const place = frames.length > 0 ? frames.join("\n") : message.replace(/\d+/g, "0")
  return createHash("sha256").update(`${type}\n${place}`).digest("hex").slice(0, 16)
}
