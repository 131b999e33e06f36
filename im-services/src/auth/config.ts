import { setting, whole } from "@ossagent/svrkit"
import { z } from "zod"
import { STORE_SETTINGS } from "../datastore/config.ts"
import { targetsOf } from "../targets.ts"

const key = z.string().min(32, "must have at least 32 characters")

/** Settings of auth, besides those of every service. */
export const CONFIG = {
  ...STORE_SETTINGS,
  ticketKey: setting("AUTH_TICKET_KEY", key, "secret that tickets are made with, at least 32 characters", {
    secret: true,
  }),
  otherTicketKey: setting(
    "AUTH_TICKET_KEY_OTHER",
    key.optional(),
    "secret whose tickets are taken too: while keys change the next one, then the one before for 30 days",
    { secret: true },
  ),
  hashesAtOnce: setting(
    "AUTH_HASHES_AT_ONCE",
    whole(2, 1, 64),
    "passwords hashed at one time, 19 MiB and a core each; default 2",
  ),
  hashesWaiting: setting(
    "AUTH_HASHES_WAITING",
    whole(200, 0, 100_000),
    "log-ins that wait for their turn, more are told to come back; default 200",
  ),
  mostRevocations: setting(
    "AUTH_MOST_REVOCATIONS",
    whole(200_000, 100, 10_000_000),
    "log-outs kept in memory, 100 bytes each; beyond, users whose tickets are as old as the oldest log in again; default 200000",
  ),
  access: targetsOf("access"),
}
