/**
 * exception: errors that a host reports, or that nobody caught. In: any value that was thrown. Out: one `FrameException` for each
 * fingerprint and version a flush. `describe.ts` reads an error, `stack.ts` and `roots.ts` make its stack comparable, `words.ts` its message;
 * `uncaught.ts` watches the process.
 */
import { createHash } from "node:crypto"
import { EXCEPTION_LIMITS, type FrameException } from "@ossagent/wire"
import { describe } from "./describe.ts"
import { appFolder, Roots } from "./roots.ts"

const MOST_PER_FLUSH = 100
/** A stack takes long to read: an error in a tight loop must not cost the host its time. */
const MOST_READ_PER_FLUSH = 1_000

interface Found extends FrameException {
  hit: Set<string>
}

/** Where and to whom it happened. */
export interface ExceptionContext {
  version: string
  user?: string | undefined
  /** Unix ms. */
  at: number
}

/** Equal errors of one interval: at most 100 different ones, of the first 1,000; what is over it is counted by the caller. */
export class Exceptions {
  private found = new Map<string, Found>()
  private read = 0
  private readonly roots: Roots

  constructor(roots = new Roots(appFolder())) {
    this.roots = roots
  }

  /** False when there was no room for it. */
  add(error: unknown, { version, user, at }: ExceptionContext): boolean {
    if (this.read >= MOST_READ_PER_FLUSH) return false
    this.read++
    const described = describe(error, this.roots)
    const key = `${described.fingerprint} ${version}`
    let known = this.found.get(key)
    if (known === undefined) {
      if (this.found.size >= MOST_PER_FLUSH) return false
      known = { ...described, version, count: 0, users: [], at, hit: new Set() }
      this.found.set(key, known)
    }
    known.count++
    if (user !== undefined && known.hit.size < EXCEPTION_LIMITS.users) known.hit.add(hashUser(user))
    return true
  }

  /** Gives up what was added since the last call. */
  drain(): FrameException[] {
    this.read = 0
    if (this.found.size === 0) return []
    const all = [...this.found.values()].map(({ hit, ...one }) => ({ ...one, users: [...hit] }))
    this.found = new Map()
    return all
  }
}

/** Users are counted, so their hash will do; it is no secret, for who knows an id can hash it too. */
const hashUser = (user: string): string => createHash("sha256").update(user).digest("hex").slice(0, 16)
