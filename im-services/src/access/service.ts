/**
 * access: keeps the connections of clients, over TCP and WebSocket in one table; checks who they are, hands their requests to services,
 * tells them that something is new. Frames come from tcp.ts and websocket.ts to a Session each; time goes by in floor.ts.
 */
import { randomBytes } from "node:crypto"
import { createServer } from "node:net"
import { MOST_BYTES_UNKNOWN } from "@ossagent/im-client/protocol"
import type { RpcDoor, ServiceContext } from "@ossagent/svrkit"
import { defineRpcService } from "@ossagent/svrkit"
import { createOptionalAuthClient } from "../auth/generated/auth.client.ts"
import { AUTH } from "../auth/generated/auth.table.ts"
import { Buckets, Ramp } from "../bucket.ts"
import { createAppKeyCheck } from "../client-door.ts"
import { startBeat } from "../guard/beat.ts"
import { createMailboxRoute } from "../mailbox/route.ts"
import { createNames } from "../names.ts"
import { createOptionalSocialClient } from "../social/generated/social.client.ts"
import { SOCIAL } from "../social/generated/social.table.ts"
import { createAdapt } from "./adapt/adapt.ts"
import { toGeneration } from "./adapt/generation.ts"
import { ACCESS_SETTINGS, type AccessConfig } from "./config.ts"
import { Draining } from "./draining.ts"
import { createEnter, type EnterParts } from "./enter.ts"
import { createTellEvent } from "./events.ts"
import { Floor } from "./floor.ts"
import { accessNeeds } from "./generated/access.needs.ts"
import type { AccessHost } from "./host.ts"
import { serveInside } from "./inside.ts"
import { drain, listen } from "./open.ts"
import { createPoints } from "./points.ts"
import { startReports } from "./report.ts"
import type { Backends } from "./route.ts"
import type { Session } from "./session.ts"
import { SessionTable } from "./table.ts"
import { TcpWire } from "./tcp.ts"
import { Throttle } from "./throttle/throttle.ts"
import { Watches } from "./watches.ts"
import { createWebSocketDoor, WebSocketWire } from "./websocket.ts"
import { Wheel } from "./wheel.ts"

const TURN_MS = 1_000
const JUDGE_MS = 100
const BURST_SEC = 5
/** A page for an old client does not wait longer for the names in it. */
const NAMES_MS = 500
type Context = ServiceContext<typeof ACCESS_SETTINGS>

export const access = defineRpcService({
  name: "access",
  partOf: "im",
  config: ACCESS_SETTINGS,
  start: async (context: Context) => {
    const { config, rpc, onStop } = context
    const table = new SessionTable()
    const run = randomBytes(8).toString("hex")
    const { host, floor, throttle } = createFloor(context, table, run)
    serveInside(rpc, table)
    const turning = setInterval(() => {
      floor.turn()
      throttle?.turn()
    }, TURN_MS)
    onStop(() => clearInterval(turning))
    if (throttle !== null) {
      askGuard(context, throttle, run)
      const judging = setInterval(() => throttle.metering.turn(), JUDGE_MS)
      onStop(() => clearInterval(judging))
    }
    const doors = createDoors(config, floor, host)
    const places = await listen(doors, config)
    const reports = startReports({ rpc, config, floor, run, places, draining: new Draining(floor, Date.now) })
    onStop(async () => {
      floor.closing = true
      await reports.stop()
      await drain(doors, floor, host)
    })
  },
})

function askGuard({ config, rpc, log, onStop }: Context, throttle: Throttle, run: string): void {
  const { holds, news } = throttle
  const beat = startBeat({
    ...{ guard: accessNeeds.guard(rpc, config.guard), run, log, holds, news },
    onHeard: (anew) => throttle.heard(anew),
    onAway: () => throttle.alone(),
  })
  throttle.wake = beat.wake
  onStop(beat.stop)
}

function createFloor(context: Context, table: SessionTable, run: string) {
  const { config, rpc, agent, log } = context
  const now = Date.now
  const points = createPoints(agent)
  const tellEvent = createTellEvent(agent)
  const backends = createBackends(rpc, config)
  const watches = new Watches({ route: backends.mailbox, table, points, access: config.address, run, log })
  const { mostMeters } = config
  const throttle =
    config.throttle === "off" ? null : new Throttle({ table, mostMeters, points, now, random: Math.random })
  const host: AccessHost = {
    backends,
    points,
    watches,
    wheel: new Wheel(config.idleSec),
    metering: throttle?.metering ?? null,
    isBlocked: (address) => throttle?.isBlocked(address) ?? false,
    perSec: config.requestsPerSec,
    burst: config.requestsPerSec * BURST_SEC,
    dirty: new Set(),
    slow: new Set(),
    flooding: new Set(),
    leaving: new Set(),
    ...createForOld(context),
    tellEvent,
    now,
    enter: createEntry(context, {
      backends,
      watches,
      points,
      throttle,
      tellEvent,
      seat: (session) => floor.seat(session),
    }),
    flushSoon: createFlusher(),
    closed: (session, known, why) => floor.closed(session, known, why),
    fault: (error) => log.error({ err: error }, "a request failed by a fault of ours"),
  }
  const { mostConnections, idleSec, slowSec } = config
  const floor = new Floor(host, { table, mostConnections, idleSec, slowSec, log })
  return { host, floor, throttle }
}

/** What clients are given that are older than what stands in a page. */
const createForOld = ({ rpc, config }: Context): Pick<AccessHost, "generationOf" | "adapt"> => ({
  generationOf: (version) => toGeneration(version, { groups: config.groupsSince, recalls: config.recallsSince }),
  adapt: createAdapt(createNames(createOptionalAuthClient(rpc.channel(AUTH, config.auth, { withinMs: NAMES_MS })))),
})

type EntryParts = Pick<EnterParts, "watches" | "points" | "throttle" | "tellEvent" | "seat"> & { backends: Backends }

function createEntry({ rpc, config }: Context, { backends, ...parts }: EntryParts): AccessHost["enter"] {
  const now = Date.now
  return createEnter({
    ...parts,
    auth: backends.auth,
    social: createOptionalSocialClient(rpc.channel(SOCIAL, config.social)),
    access: config.address,
    isAppKey: createAppKeyCheck(config.appKey),
    ramp: new Ramp(config.rampFrom, config.rampTo, now()),
    logins: new Buckets(config.loginsPerMin / 60, config.loginsPerMin),
    registers: new Buckets(config.registersPerMin / 60, config.registersPerMin),
    now,
    random: Math.random,
  })
}

const createBackends = (rpc: RpcDoor, config: AccessConfig): Backends => ({
  auth: accessNeeds.auth(rpc, config.auth),
  message: accessNeeds.message(rpc, config.message),
  social: accessNeeds.social(rpc, config.social),
  mailbox: createMailboxRoute(rpc, config.mailboxes),
  play: accessNeeds.play(rpc, config.play),
})

/** All that was written within one turn of the event loop goes out at its end. */
function createFlusher(): (session: Session) => void {
  let waiting: Session[] = []
  const flushAll = (): void => {
    const all = waiting
    waiting = []
    for (const session of all) session.flush()
  }
  return (session) => {
    if (waiting.push(session) === 1) setImmediate(flushAll)
  }
}

function createDoors(config: AccessConfig, floor: Floor, host: AccessHost) {
  const tcp = createServer({ noDelay: true, keepAlive: false }, (socket) => {
    const wire = new TcpWire(socket, MOST_BYTES_UNKNOWN)
    const session = floor.tryOpen(wire)
    if (session !== null) wire.events = session
  })
  const ws = createWebSocketDoor({
    origins: config.origins,
    accept: (webSocket, socket) => {
      const wire = new WebSocketWire(webSocket, socket, MOST_BYTES_UNKNOWN)
      const session = floor.tryOpen(wire)
      if (session !== null) wire.events = session
    },
    refused: (reason) => host.points.refused.with({ reason }).inc(),
  })
  return { tcp, ws }
}
