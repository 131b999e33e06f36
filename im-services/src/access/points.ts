import type { Agent, Counter, Timer } from "@ossagent/agent"
import { createSegment, type Segment } from "../segment.ts"
import { createWithin } from "../within.ts"

const MOST_VERSIONS = 200
const VERSION = /^[0-9A-Za-z][0-9A-Za-z._+-]{0,31}$/

/** What connections of one client version count; handles are bound once. */
export interface VersionPoints {
  version: string
  /** Connections now. */
  tcp: number
  ws: number
  bytesIn: Counter
  bytesOut: Counter
  framesIn: Counter
  framesOut: Counter
  notifies: Counter
  clientAccess: Segment
  access: Segment
  notify: Segment
  synced: Segment
  delivery: Timer
  within: ReturnType<typeof createWithin>
}

/** The figures of access, by client version where a client is known. */
export function createPoints(agent: Agent) {
  const connections = agent.gauge("im.access.connections", { unit: "{connection}" })
  const versions = new Map<string, VersionPoints>()
  const bind = (version: string): VersionPoints => {
    const dims = version === "" ? {} : { version }
    const counter = (name: string, unit: string) => agent.counter(name, { unit }).with(dims)
    const segment = (name: string) => createSegment(agent, name, dims)
    return {
      version,
      tcp: 0,
      ws: 0,
      bytesIn: counter("im.access.bytes_in", "By"),
      bytesOut: counter("im.access.bytes_out", "By"),
      framesIn: counter("im.access.frames_in", "{frame}"),
      framesOut: counter("im.access.frames_out", "{frame}"),
      notifies: counter("im.access.notifies", "{frame}"),
      clientAccess: segment("client_access"),
      access: segment("access"),
      notify: segment("notify"),
      synced: segment("synced"),
      delivery: agent.timer("im.delivery").with(dims),
      within: createWithin(agent, "im.delivery.within", dims),
    }
  }
  /** Points of a client version; text that is none, and versions beyond 200, are counted together. */
  const of = (version: string): VersionPoints => {
    const clean = version === "" || VERSION.test(version) ? version : "unknown"
    const name = versions.has(clean) || versions.size < MOST_VERSIONS ? clean : "other"
    let points = versions.get(name)
    if (points === undefined) {
      points = bind(name)
      versions.set(name, points)
    }
    return points
  }
  agent.onFlush(() => {
    for (const { version, tcp, ws } of versions.values()) {
      const dims = version === "" ? {} : { version }
      connections.with({ ...dims, transport: "tcp" }).set(tcp)
      connections.with({ ...dims, transport: "ws" }).set(ws)
    }
  })
  const counter = (name: string, unit: string) => agent.counter(name, { unit })
  const points = {
    of,
    nobody: of(""),
    refused: counter("im.access.refused", "{request}"),
    closed: counter("im.access.closed", "{connection}"),
    slowClients: counter("im.access.slow_clients", "{client}"),
    rewatched: counter("im.access.rewatched", "{user}"),
    foundBehind: counter("im.access.found_behind", "{connection}"),
    troubles: counter("im.access.troubles", "{call}"),
  }
  for (const one of [points.refused, points.closed, points.slowClients, points.rewatched, points.foundBehind])
    one.inc(0)
  points.troubles.inc(0)
  return points
}

export type Points = ReturnType<typeof createPoints>

/** Counts a delivery of `count` messages, of which the oldest took so long. */
export function countDelivery(points: VersionPoints, tookMs: number, count: number): void {
  points.delivery.record(tookMs)
  points.within(tookMs, count)
}
