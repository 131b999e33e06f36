import type { Frame } from "@ossagent/im-client/protocol"
import type { ServiceContext } from "@ossagent/svrkit"
import type { Adapt } from "./adapt/adapt.ts"
import type { Generation } from "./adapt/generation.ts"
import type { TellEvent } from "./events.ts"
import type { Metering } from "./meter/metering.ts"
import type { Points } from "./points.ts"
import type { Backends } from "./route.ts"
import type { Session } from "./session.ts"
import type { Watches } from "./watches.ts"
import type { Wheel } from "./wheel.ts"

export type Log = ServiceContext<Record<never, never>>["log"]

/** What a session needs of the access that it is of. */
export interface AccessHost {
  backends: Backends
  points: Points
  watches: Watches
  wheel: Wheel<Session>
  /** Null: nobody is metered. */
  metering: Metering | null
  /** Nothing is taken from this address for now. */
  isBlocked: (address: string) => boolean
  /** Requests of one connection: each second, and in a row. */
  perSec: number
  burst: number
  /** Were told that something is new and have not asked. */
  dirty: Set<Session>
  /** Do not take what waits for them. */
  slow: Set<Session>
  /** Asked too much; are read again with the next turn. */
  flooding: Set<Session>
  /** Have been ended; are cut when they do not go. */
  leaving: Set<Session>
  generationOf: (version: string) => Generation
  /** Rewrites a page for an old client. */
  adapt: Adapt
  /** Tells what users do. */
  tellEvent: TellEvent
  /** Unix ms. */
  now: () => number
  /** Hello, Login and Register. Never rejects. */
  enter: (session: Session, frame: Frame) => Promise<void>
  flushSoon: (session: Session) => void
  closed: (session: Session, known: boolean, why: string) => void
  /** A fault of ours. */
  fault: (error: unknown) => void
}
