import type { Agent, Counter, Timer } from "@ossagent/agent"

/** What one method counts; handles are bound once. */
export interface MethodPoints {
  calls: Counter
  duration: Timer
  queueWait: Timer
  requestSize: Timer
  replySize: Timer
  expired: Counter
  cancelled: Counter
}

const MOST_VERSIONS = 200

/** The built-in points of a service's server side: what every service shows without a line of its own. */
export function createServerPoints(agent: Agent, methods: readonly string[]) {
  const counter = (name: string) => agent.counter(`rpc.server.${name}`, { unit: "{call}" })
  const handles = {
    calls: counter("calls"),
    errors: counter("errors"),
    duration: agent.timer("rpc.server.duration"),
    queueWait: agent.timer("rpc.server.queue_wait"),
    requestSize: agent.size("rpc.server.request_size"),
    replySize: agent.size("rpc.server.reply_size"),
    expired: counter("expired"),
    cancelled: counter("cancelled"),
    shed: counter("shed"),
    unsent: counter("replies_unsent"),
    inFlight: agent.gauge("rpc.server.in_flight", { unit: "{call}" }),
    queued: agent.gauge("rpc.server.queued", { unit: "{call}" }),
    /** Calls of business priorities below it are let in, of the next one those of a part of the users; 256: all. */
    level: agent.gauge("rpc.server.overload_level"),
    /** What the level is judged by: mean queue wait, and for calls over the network the event loop's delay. */
    wait: agent.gauge("rpc.server.overload_wait", { unit: "ms" }),
    connections: agent.gauge("rpc.server.connections", { unit: "{connection}" }),
    accepted: agent.counter("rpc.server.connections_accepted", { unit: "{connection}" }),
    closed: agent.counter("rpc.server.connections_closed", { unit: "{connection}" }),
    handshakeFailures: agent.counter("rpc.server.handshake_failures", { unit: "{connection}" }),
    frameErrors: agent.counter("rpc.server.frame_errors", { unit: "{frame}" }),
    pauses: agent.counter("rpc.server.pauses", { unit: "{pause}" }),
    pings: agent.counter("rpc.server.pings", { unit: "{ping}" }),
    bytesIn: agent.counter("rpc.server.bytes_in", { unit: "By" }),
    bytesOut: agent.counter("rpc.server.bytes_out", { unit: "By" }),
  }
  const { errors, expired, cancelled, shed, unsent, accepted, closed } = handles
  const { handshakeFailures, frameErrors, pauses, pings, bytesIn, bytesOut, calls } = handles
  // A figure of zero is a figure: the page of a service that was never called shows all of them.
  const zero = [calls, errors, expired, cancelled, shed, unsent, accepted, closed, handshakeFailures, frameErrors]
  for (const one of [...zero, pauses, pings, bytesIn, bytesOut]) one.inc(0)
  const bind = (dims: { method: string; version?: string }): MethodPoints => ({
    calls: handles.calls.with(dims),
    duration: handles.duration.with(dims),
    queueWait: handles.queueWait.with(dims),
    requestSize: handles.requestSize.with(dims),
    replySize: handles.replySize.with(dims),
    expired: handles.expired.with(dims),
    cancelled: handles.cancelled.with(dims),
  })
  const own = new Map(methods.map((name) => [name, bind({ method: name })]))
  /** By client version, then by method. */
  const versions = new Map<string, Map<string, MethodPoints>>()
  /** The points of a method and a client version; empty: the service's own version. */
  const method = (name: string, version: string): MethodPoints => {
    if (version === "") return own.get(name) as MethodPoints
    let ofVersion = versions.get(version)
    if (ofVersion === undefined) {
      // The agent folds what is beyond its limit; here only memory is bounded.
      if (versions.size >= MOST_VERSIONS) versions.clear()
      ofVersion = new Map()
      versions.set(version, ofVersion)
    }
    let points = ofVersion.get(name)
    if (points === undefined) {
      points = bind({ method: name, version })
      ofVersion.set(name, points)
    }
    return points
  }
  return { ...handles, method }
}

export type ServerPoints = ReturnType<typeof createServerPoints>
