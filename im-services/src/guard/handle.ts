import type { Book } from "./book.ts"
import type { Accusation, BeatReplyInit, BeatRequest } from "./generated/guard.codec.ts"
import type { Points } from "./points.ts"
import type { Versions } from "./versions.ts"

interface BeatParts {
  book: Book
  versions: Versions
  points: Points
  /** Throws `unavailable` until what was decided before is read. */
  loaded: () => void
  run: string
}

/** What an access saw goes in before what is in force comes back: its own accusations are in the answer. */
export function createBeat({ book, versions, points, loaded, run }: BeatParts) {
  const accuse = async (accused: Accusation): Promise<void> => {
    points.accused.with({ version: accused.version, why: accused.why }).inc()
    const { throttle } = await book.accuse(accused)
    if (throttle === null) return
    points.throttled.with({ version: throttle.version, why: throttle.why, dry_run: String(throttle.dryRun) }).inc()
  }
  return async (request: BeatRequest): Promise<BeatReplyInit> => {
    loaded()
    for (const one of request.accused) await accuse(one)
    for (const one of request.defied) {
      points.defied.inc(one.count)
      await book.defied(one)
    }
    if (request.versions.length > 0) versions.take(request.run, request.versions, request.sec)
    const etag = `${run}-${book.revision}`
    return request.etag === etag ? { etag, same: true, force: {} } : { etag, force: book.force() }
  }
}
