/** What guard's HTTP door answers: throttles, what people set, accesses. Times are Unix ms. */

export interface ThrottleEvidence {
  feature: string
  /** Time constant of the count. */
  windowSec: number
  value: number
  /** What it is over. */
  limit: number
  basis: string
  ownMean: number
  /** What 999 of 1,000 active minutes of its version stay below; 0: not known. */
  others: number
}

export type ThrottleState = "active" | "expired" | "released" | "dry-run"

export interface Throttle {
  id: number
  uid: number
  /** 0: all of the user's. */
  device: number
  version: string
  why: string
  evidence: ThrottleEvidence[]
  from: number
  until: number
  /** 0 the first time. */
  level: number
  state: ThrottleState
  bytesPerMin: number
  asksPerMin: number
  /** What it would have taken meanwhile at that pace. */
  savedBytes: number
  /** Times it came in spite of it. */
  defied: number
  releasedAt: number | null
  releasedBy: string | null
}

export interface SuspectVersion {
  version: string
  why: "share" | "asks" | "bytes"
  value: number
  others: number
}

export interface ThrottlesAnswer {
  throttles: Throttle[]
  /** Of all that are kept, by state. */
  counts: Record<ThrottleState, number>
  savedBytes: number
  dryRun: boolean
  suspects: SuspectVersion[]
}

export interface AllowedUser {
  uid: number
  why: string
  by: string
  at: number
}

export interface ClassThrottle {
  version: string
  from: number
  until: number
  why: string
  by: string
}

export interface FeatureOff {
  /** `*`: of all. */
  version: string
  feature: string
  why: string
  by: string
  at: number
}

export interface FeaturesAnswer {
  off: FeatureOff[]
  /** What can be switched off. */
  features: string[]
}

export interface AccessNode {
  run: string
  tcp: string
  ws: string
  region: string
  carrier: string
  connections: number
  capacity: number
  heardAt: number
  /** It is to be empty by then; null: it stays. */
  drainUntil: number | null
}

export interface GuardEntry {
  at: number
  actor: string
  action: string
  detail: string
}
