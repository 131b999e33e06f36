import { type ConfigOf, port, setting, whole } from "@ossagent/svrkit"
import { z } from "zod"
import { clientDoorSettings } from "../client-door.ts"
import { mailboxSettings } from "../mailbox/route.ts"
import { targetsOf } from "../targets.ts"

const clientVersion = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,6}){0,3}$/, "must be numbers with dots between, like 7.0.0")
  .optional()

/** Settings of access, besides those of every service. */
export const ACCESS_SETTINGS = {
  ...mailboxSettings,
  ...clientDoorSettings,
  auth: targetsOf("auth"),
  message: targetsOf("message"),
  social: targetsOf("social"),
  dispatch: targetsOf("dispatch"),
  guard: targetsOf("guard"),
  play: targetsOf("play"),
  address: setting(
    "OSSAGENT_ACCESS_ADDRESS",
    z.string().max(256).default("access"),
    "host:port at which mailbox reaches this access; default access: both run in one process",
  ),
  tcpPort: setting("OSSAGENT_IM_TCP_PORT", port(7080), "port of clients over TCP; default 7080"),
  wsPort: setting("OSSAGENT_IM_WS_PORT", port(7081), "port of clients over WebSocket, path /chat; default 7081"),
  publicTcp: setting(
    "OSSAGENT_IM_PUBLIC_TCP",
    z.string().max(256).optional(),
    "host:port that clients are told for TCP; default: where this service listens",
  ),
  publicWs: setting(
    "OSSAGENT_IM_PUBLIC_WS",
    z.url({ protocol: /^wss?$/ }).optional(),
    "ws:// or wss:// address that clients are told; default: where this service listens",
  ),
  region: setting("OSSAGENT_IM_REGION", z.string().max(64).default(""), "region of this access, for dispatch"),
  carrier: setting("OSSAGENT_IM_CARRIER", z.string().max(64).default(""), "network of this access, for dispatch"),
  groupsSince: setting(
    "OSSAGENT_IM_GROUPS_SINCE",
    clientVersion,
    "first client version that knows groups, like 7.0.0: for older ones a group looks like a contact; default: all know them",
  ),
  recallsSince: setting(
    "OSSAGENT_IM_RECALLS_SINCE",
    clientVersion,
    "first client version that knows recalls and notices, like 8.0.0: older ones are given texts; default: all know them",
  ),
  throttle: setting(
    "OSSAGENT_IM_THROTTLE",
    z.enum(["on", "off"]).default("on"),
    "on: clients that take more than a person's client does are kept off the network, as guard says; off: nobody is metered; default on",
  ),
  mostMeters: setting(
    "OSSAGENT_ACCESS_MOST_METERS",
    whole(50_000, 100, 1_000_000),
    "devices that are metered, 1 KiB each; beyond, the one that connected longest ago begins anew; default 50000",
  ),
  mostConnections: setting(
    "OSSAGENT_ACCESS_MOST_CONNECTIONS",
    whole(20_000, 1, 1_000_000),
    "connections at most; default 20000",
  ),
  idleSec: setting(
    "OSSAGENT_ACCESS_IDLE_SEC",
    whole(720, 5, 7_200),
    "a connection that says nothing for so long is closed, s; default 720",
  ),
  slowSec: setting(
    "OSSAGENT_ACCESS_SLOW_SEC",
    whole(10, 1, 600),
    "a client that does not take what waits for it is closed after so long, s; default 10",
  ),
  requestsPerSec: setting(
    "OSSAGENT_ACCESS_REQUESTS_PER_SEC",
    whole(200, 1, 100_000),
    "requests that one connection may make each second, five times as many in a row; default 200",
  ),
  loginsPerMin: setting(
    "OSSAGENT_ACCESS_LOGINS_PER_MIN",
    whole(60, 1, 1_000_000),
    "log-ins by password from one address each minute, as many in a row; default 60",
  ),
  registersPerMin: setting(
    "OSSAGENT_ACCESS_REGISTERS_PER_MIN",
    whole(20, 1, 1_000_000),
    "registrations from one address each minute, as many in a row; default 20",
  ),
  rampFrom: setting(
    "OSSAGENT_ACCESS_RAMP_FROM",
    whole(3_000, 1, 1_000_000),
    "clients let in each second after a start; grows by half each second; default 3000",
  ),
  rampTo: setting(
    "OSSAGENT_ACCESS_RAMP_TO",
    whole(20_000, 1, 1_000_000),
    "clients let in each second at most; default 20000",
  ),
}

export type AccessConfig = ConfigOf<typeof ACCESS_SETTINGS>
