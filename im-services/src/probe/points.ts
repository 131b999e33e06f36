import type { Agent } from "@ossagent/agent"
import { createWithin } from "../within.ts"
import type { TransportKind } from "./user.ts"

/** What came of a probe's message. `lost`: not there within 10 s; `late`: there after that; `unsent`: the user was not on line, or no friend yet. */
export type Outcome = "arrived" | "late" | "lost" | "unsent"

/** Of the messages from one transport to the other. */
export interface WayPoints {
  outcome: (outcome: Outcome) => void
  /** From the sender's call to the service's acknowledgement, ms. */
  accepted: (ms: number) => void
  /** From the sender's call until it stood in the receiver's store, ms. */
  delivered: (ms: number) => void
  repeated: () => void
  disordered: () => void
}

export function createPoints(agent: Agent) {
  const messages = agent.counter("im.probe.messages", { unit: "{message}" })
  const accepted = agent.timer("im.probe.accepted")
  const delivery = agent.timer("im.probe.delivery")
  const repeated = agent.counter("im.probe.repeated", { unit: "{message}" })
  const disordered = agent.counter("im.probe.disordered", { unit: "{message}" })
  const login = agent.timer("im.probe.login")
  const loginFailures = agent.counter("im.probe.login_failures", { unit: "{login}" })
  loginFailures.inc(0)
  return {
    way: (from: TransportKind, to: TransportKind): WayPoints => {
      const labels = { from, to }
      const within = createWithin(agent, "im.probe.within", labels)
      const [again, wrong] = [repeated.with(labels), disordered.with(labels)]
      for (const zero of [again, wrong]) zero.inc(0)
      return {
        outcome: (outcome) => messages.with({ ...labels, outcome }).inc(),
        accepted: (ms) => accepted.with(labels).record(ms),
        delivered: (ms) => {
          delivery.with(labels).record(ms)
          within(ms, 1)
        },
        repeated: () => again.inc(),
        disordered: () => wrong.inc(),
      }
    },
    /** With the way to dispatch and to an access. */
    login: (transport: TransportKind, ms: number) => login.with({ transport }).record(ms),
    loginFailed: () => loginFailures.inc(),
  }
}

export type ProbePoints = ReturnType<typeof createPoints>
