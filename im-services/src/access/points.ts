import type { Agent, Counter, Timer } from "@ossagent/agent"
import { COMMAND_KINDS, type HelloRequest, type ObeyedRequest } from "@ossagent/im-client/protocol"
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
  /** Connections that were told of last. */
  told: number
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
      told: 0,
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
    for (const points of versions.values()) {
      const { version, tcp, ws } = points
      // A version that nobody has any more is told of once.
      const was = points.told
      points.told = tcp + ws
      if (version !== "" && was === 0 && points.told === 0) continue
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
    accused: counter("im.access.accused", "{device}"),
    adapted: counter("im.access.adapted", "{page}"),
    commandSent: counter("im.command.sent", "{command}"),
    commandObeyed: counter("im.command.obeyed", "{command}"),
    commandRefused: counter("im.command.refused", "{command}"),
    connectTime: agent.timer("im.connect.time"),
    connectFailed: counter("im.connect.failed", "{try}"),
  }
  for (const one of [points.refused, points.closed, points.slowClients, points.rewatched, points.foundBehind])
    one.inc(0)
  for (const one of [points.troubles, points.accused, points.adapted]) one.inc(0)
  beginCommands(points)
  return points
}

export type Points = ReturnType<typeof createPoints>

/** Counts a delivery of `count` messages, of which the oldest took so long. */
export function countDelivery(points: VersionPoints, tookMs: number, count: number): void {
  points.delivery.record(tookMs)
  points.within(tookMs, count)
}

/** What may happen stands at nothing until it does. */
function beginCommands({ commandSent, commandObeyed, commandRefused }: Points): void {
  for (const kind of COMMAND_KINDS) for (const one of [commandSent, commandObeyed]) one.with({ kind }).inc(0)
  for (const reason of REFUSED_WHY) commandRefused.with({ reason }).inc(0)
}

const KINDS: ReadonlySet<string> = new Set(COMMAND_KINDS)
const REFUSED_WHY: ReadonlySet<string> = new Set(["unsigned", "forged", "foreign", "stale", "replayed"])

/** What a client says that it did with a command. */
export function countObeyed(points: Points, version: string, { kinds, refused }: ObeyedRequest): void {
  if (refused === "")
    for (const kind of new Set(kinds)) {
      if (KINDS.has(kind)) points.commandObeyed.with({ version, kind }).inc()
    }
  else points.commandRefused.with({ version, reason: REFUSED_WHY.has(refused) ? refused : "other" }).inc()
}

const PLACE = /^[0-9A-Za-z._:/[\]-]{1,64}$/
const CARRIER = /^[0-9A-Za-z][0-9A-Za-z ._-]{0,31}$/
const MOST_CONNECT_MS = 120_000
const MOST_FAILED = 8

/** How connecting went at the client, by its own clock. What it writes is bounded here, the number of series by the agent. */
export function countConnects(points: Points, version: string, hello: HelloRequest): void {
  const carrier = CARRIER.test(hello.carrier) ? hello.carrier : hello.carrier === "" ? "unknown" : "other"
  if (hello.connectMs > 0 && hello.connectMs <= MOST_CONNECT_MS)
    points.connectTime.with({ version, carrier }).record(hello.connectMs)
  for (const { address } of hello.failed.slice(0, MOST_FAILED))
    points.connectFailed.with({ version, carrier, address: PLACE.test(address) ? address : "other" }).inc()
}
