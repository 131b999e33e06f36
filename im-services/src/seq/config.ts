import { setting, targets, whole } from "@ossagent/svrkit"
import { z } from "zod"
import { STORE_SETTINGS } from "../datastore/connect.ts"

export const SEQ_SETTINGS = {
  ...STORE_SETTINGS,
  storeTimeoutMs: setting(
    "SEQ_STORE_TIMEOUT_MS",
    whole(1_000, 50, 10_000),
    "ms within which a maximum or a lease is written; default 1000",
  ),
  target: setting(
    "SEQ_TARGET",
    z.string().default(""),
    "host:port at which callers reach this allocator; needed where there are several; default: they go to any of their targets",
  ),
  memoryMb: setting(
    "SEQ_MEMORY_MB",
    whole(256, 1, 16_384),
    "MB of numbers in memory, 4 bytes for each active user; beyond, sections not used for long are begun anew; default 256",
  ),
}

/** Settings of a service that asks for numbers. */
export const SEQ_CLIENT_SETTINGS = {
  seq: setting("OSSAGENT_SEQ", targets(""), "allocators, host:port, by comma; none: in this process"),
}
