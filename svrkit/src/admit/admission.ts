/**
 * admit: which calls a service takes when it has more than it can do. In comes every call's key and how long calls waited, out goes a
 * level: keys up to it are let in. `rpc/dispatcher.ts` asks and tells; callers are told the level and hold back what would be refused.
 */

/** Users fall into so many classes, which change each hour (`toUserPriority`). */
export const USERS = 128
const PRIORITIES = 256
/** The level at which every call is let in. */
export const ALL = PRIORITIES * USERS - 1

/** Business priority first, then the user's: a number from 0, the most important, to ALL. */
export const toKey = (priority: number, user: number): number =>
  Math.min(priority, PRIORITIES - 1) * USERS + Math.min(user, USERS - 1)

/** What a window is judged by, beside the calls that began in it. */
export interface Waiting {
  calls: number
  /** How long all of them have waited so far, together. */
  sumMs: number
  /** How late the event loop was, which is how long calls waited in sockets; 0 where none came over the network. */
  loopMs: number
}

/** A policy of admission; one for each service. Times are of the monotonic clock. */
export interface Admission {
  /** The last key that is let in. */
  readonly level: number
  /** Mean wait in the window that was judged last, ms. */
  readonly waitMs: number
  /** A call came: whether it is let in. */
  arrive: (key: number) => boolean
  /** A call's turn has come after so long a wait: whether it runs. */
  begin: (waitMs: number, now: number) => boolean
  /** A call that ran is over. */
  finish: () => void
  /** Callers held back so many calls of this key. */
  heldBack: (key: number, calls: number) => void
  /** Whether the window is over, and wants to be judged. */
  due: (now: number) => boolean
  /** Judges the window and begins the next. */
  judge: (now: number, waiting: Waiting) => void
  /** Nothing came lately and everything is let in: there is nothing to judge. */
  readonly resting: boolean
}
