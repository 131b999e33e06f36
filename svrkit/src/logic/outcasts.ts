import type { LogicPlan, LogicState } from "@ossagent/wire"

interface Outcast {
  state: Extract<LogicState, "put_out" | "failed">
  why: string
  /** In which it was put out; null: it is the current version. */
  release: string | null
  /** Not loaded again before, Unix ms; for the current version only. */
  againAt: number
}

/** Remembered at most, the newest. */
const MOST = 20
const AGAIN_MS = 1_000
/** What ran so long before is begun again at once: calls wait for it. */
const STEADY_MS = 5_000

/** Versions that were put out or could not be loaded: until the next release, or, for the current one, for a moment. */
export class Outcasts {
  private readonly all = new Map<string, Outcast>()
  private endedAt = 0

  add(version: string, { state, why }: Pick<Outcast, "state" | "why">, plan: LogicPlan, now: number): void {
    const release = version === plan.current ? null : (plan.release?.id ?? null)
    const againAt = now - this.endedAt > STEADY_MS ? now : now + AGAIN_MS
    this.endedAt = now
    this.all.delete(version)
    this.all.set(version, { state, why, release, againAt })
    const [oldest] = this.all.keys()
    if (this.all.size > MOST && oldest !== undefined) this.all.delete(oldest)
  }

  get(version: string): Outcast | undefined {
    return this.all.get(version)
  }

  delete(version: string): void {
    this.all.delete(version)
  }

  mayLoad(version: string, { current, release }: LogicPlan, now: number): boolean {
    const outcast = this.all.get(version)
    if (outcast === undefined) return true
    return version === current ? now >= outcast.againAt : outcast.release !== release?.id
  }

  list(): (Pick<Outcast, "state" | "why" | "release"> & { version: string })[] {
    return [...this.all].map(([version, { state, why, release }]) => ({ version, state, why, release }))
  }
}
