import type { Agent } from "@ossagent/agent"
import type { Caller, Route } from "./route.ts"

/** Bound points of one kind of caller on one version. */
interface Bound {
  calls: ReturnType<Agent["counter"]>
  faults: ReturnType<Agent["counter"]>
  duration: ReturnType<Agent["timer"]>
}

const MOST_BOUND = 5_000

/**
 * Figures of a module by logic version. `side` and `group` tell what a release is judged by: see `route.ts`. The agent folds what is too many.
 */
export function createLogicPoints(agent: Agent, module: string) {
  const calls = agent.counter("logic.calls", { unit: "{call}" })
  const faults = agent.counter("logic.errors", { unit: "{error}" })
  const duration = agent.timer("logic.duration")
  const putOut = agent.counter("logic.put_out", { unit: "{version}" })
  const moved = agent.counter("logic.moved", { unit: "{call}" })
  const heap = agent.gauge("logic.heap", { unit: "By" })
  const live = agent.gauge("logic.heap_live", { unit: "By" })
  const dropped = agent.counter("logic.figures_dropped", { unit: "{figure}" })
  const bound = new Map<string, Bound>()
  for (const one of [putOut, moved, dropped]) one.with({ module }).inc(0)
  const bind = (logic: string, { side, group }: Route, { version, region }: Caller): Bound => {
    const key = `${logic}\u0001${side}\u0001${group}\u0001${version}\u0001${region}`
    const known = bound.get(key)
    if (known) return known
    if (bound.size >= MOST_BOUND) bound.clear()
    const dims = {
      ...{ module, logic, side },
      ...(side === "rest" ? {} : { group: String(group) }),
      ...(region === "" ? {} : { region }),
      ...(version === "" ? {} : { version }),
    }
    const made = { calls: calls.with(dims), faults: faults.with(dims), duration: duration.with(dims) }
    // Without a zero a group that never failed would be absent, not good.
    made.faults.inc(0)
    bound.set(key, made)
    return made
  }
  return {
    answered: (logic: string, route: Route, caller: Caller, outcome: { isFault: boolean; ms: number }) => {
      const points = bind(logic, route, caller)
      points.calls.inc()
      if (outcome.isFault) points.faults.inc()
      points.duration.record(outcome.ms)
    },
    putOut: (logic: string) => putOut.with({ module, logic }).inc(),
    /** Calls of a version that was put out, or failed, which the other one answered. */
    moved: (logic: string, count: number) => moved.with({ module, logic }).inc(count),
    heap: (logic: string, bytes: { all: number; live: number }) => {
      heap.with({ module, logic }).set(bytes.all)
      if (bytes.live > 0) live.with({ module, logic }).set(bytes.live)
    },
    dropped: (count: number) => dropped.with({ module }).inc(count),
  }
}

export type LogicPoints = ReturnType<typeof createLogicPoints>
