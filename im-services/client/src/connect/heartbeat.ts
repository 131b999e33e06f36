/** Mars (Tencent), stn/config.h and smart_heartbeat.cc: what a mobile network lets live, found by trying. */
export const HEARTBEAT = {
  minSec: 210,
  maxSec: 600,
  stepSec: 60,
  backSec: 20,
  baseSuccesses: 5,
  growFails: 2,
  stableFails: 3,
}

export interface HeartbeatBounds {
  minSec: number
  maxSec: number
}

/**
 * How long a connection may be silent. Begins with the shortest time; after five heartbeats that were answered it tries longer ones, a
 * minute more each time; after two failures, or at the longest, it settles 20 s below the longest that worked; after three failures
 * there it begins anew.
 */
export class SmartHeartbeat {
  private bounds: HeartbeatBounds
  private phase: "base" | "grow" | "stable" = "base"
  private sec: number
  private best: number
  private successes = 0
  private fails = 0

  constructor(bounds: HeartbeatBounds) {
    this.bounds = bounds
    this.sec = bounds.minSec
    this.best = bounds.minSec
  }

  get intervalSec(): number {
    return this.sec
  }

  /** From now on within these bounds; what was learnt is kept where they are the same. */
  set(bounds: HeartbeatBounds): void {
    if (bounds.minSec === this.bounds.minSec && bounds.maxSec === this.bounds.maxSec) return
    this.bounds = bounds
    this.restart()
  }

  /** A heartbeat after this silence was answered. */
  succeeded(): void {
    this.fails = 0
    if (this.phase === "base") {
      if (++this.successes >= HEARTBEAT.baseSuccesses) this.grow()
    } else if (this.phase === "grow") {
      this.best = this.sec
      if (this.sec >= this.bounds.maxSec) this.settle()
      else this.grow()
    }
  }

  /** A heartbeat after this silence was not answered. */
  failed(): void {
    this.successes = 0
    this.fails++
    if (this.phase === "grow" && this.fails >= HEARTBEAT.growFails) this.settle()
    else if (this.phase === "stable" && this.fails >= HEARTBEAT.stableFails) this.restart()
  }

  private grow(): void {
    this.phase = "grow"
    this.fails = 0
    this.sec = Math.min(this.bounds.maxSec, this.sec + HEARTBEAT.stepSec)
  }

  private settle(): void {
    this.phase = "stable"
    this.fails = 0
    this.sec = Math.max(this.bounds.minSec, this.best - HEARTBEAT.backSec)
  }

  private restart(): void {
    this.phase = "base"
    this.successes = 0
    this.fails = 0
    this.sec = this.bounds.minSec
    this.best = this.bounds.minSec
  }
}
