import type { Timer } from "@ossagent/agent"

const MOST_VERSIONS = 1_000

/** A timer's handles by client version, looked up without making strings. */
export class ClientVersions {
  private readonly timer: Timer
  private readonly handles = new Map<string, Timer>()

  constructor(timer: Timer) {
    this.timer = timer
  }

  /** Records `ms`, never below 0, for a version; empty: the service's own. */
  record(version: string, ms: number): void {
    this.of(version).record(Math.max(0, ms))
  }

  private of(version: string): Timer {
    if (version === "") return this.timer
    const known = this.handles.get(version)
    if (known !== undefined) return known
    if (this.handles.size >= MOST_VERSIONS) this.handles.clear()
    const fresh = this.timer.with({ version })
    this.handles.set(version, fresh)
    return fresh
  }
}
