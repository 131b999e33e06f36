import type { Agent, Counter, Timer } from "@ossagent/agent"

/** What one method counts at its caller. */
export interface CallPoints {
  calls: Counter
  duration: Timer
  requestSize: Timer
  replySize: Timer
}

/** The built-in points of a service's callers, labelled with the service called. */
export function createClientPoints(agent: Agent, service: string, methods: readonly string[]) {
  const labels = { to: service }
  const counter = (name: string, unit = "{call}") => agent.counter(`rpc.client.${name}`, { unit, labels })
  const gauge = (name: string, unit = "{call}") => agent.gauge(`rpc.client.${name}`, { unit, labels })
  const handles = {
    calls: counter("calls"),
    errors: counter("errors"),
    duration: agent.timer("rpc.client.duration", { labels }),
    requestSize: agent.size("rpc.client.request_size", { labels }),
    replySize: agent.size("rpc.client.reply_size", { labels }),
    retries: counter("retries"),
    retriesRefused: counter("retries_refused"),
    shed: counter("shed"),
    expired: counter("expired"),
    cancelled: counter("cancelled"),
    missed: counter("optional_missed"),
    late: counter("late_replies"),
    inFlight: gauge("in_flight"),
    waiting: gauge("waiting"),
    connections: gauge("connections", "{connection}"),
    connect: agent.timer("rpc.client.connect_duration", { labels }),
    connectFailures: counter("connect_failures", "{connection}"),
    ejections: counter("ejections", "{target}"),
    readmissions: counter("readmissions", "{target}"),
    goaways: counter("goaways", "{connection}"),
    frameErrors: counter("frame_errors", "{frame}"),
    ping: agent.timer("rpc.client.ping_duration", { labels }),
    /** As `rpc.server.overload_level`. */
    level: agent.gauge("rpc.client.target_overload_level", { labels }),
    targetDuration: agent.timer("rpc.client.target_duration", { labels }),
    targetErrors: counter("target_errors"),
    bytesIn: counter("bytes_in", "By"),
    bytesOut: counter("bytes_out", "By"),
  }
  const { calls, errors, retries, retriesRefused, shed, expired, cancelled, missed, late } = handles
  const { connectFailures, ejections, readmissions, goaways, frameErrors, targetErrors, bytesIn, bytesOut } = handles
  for (const one of [calls, errors, retries, retriesRefused, shed, expired, cancelled]) one.inc(0)
  for (const one of [connectFailures, ejections, readmissions, goaways, frameErrors, targetErrors]) one.inc(0)
  for (const one of [missed, late, bytesIn, bytesOut]) one.inc(0)
  const method = (name: string): CallPoints => ({
    calls: handles.calls.with({ method: name }),
    duration: handles.duration.with({ method: name }),
    requestSize: handles.requestSize.with({ method: name }),
    replySize: handles.replySize.with({ method: name }),
  })
  return { ...handles, method: new Map(methods.map((name) => [name, method(name)])) }
}

export type ClientPoints = ReturnType<typeof createClientPoints>
