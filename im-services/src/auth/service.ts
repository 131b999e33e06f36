/**
 * auth: names and passwords in, tickets out. `accounts` says who is who, `ticket` makes and opens tickets, `revocation-log` and
 * `revocations` know which are void, `devices` keeps what devices a user has. Called by access for clients, by social for names.
 */
import { defineRpcService, type ServiceContext } from "@ossagent/svrkit"
import { connectStores } from "../datastore/connect.ts"
import { startEvery } from "../loop/every.ts"
import { createBlocks } from "../number/blocks.ts"
import { createAccounts } from "./accounts.ts"
import { CONFIG } from "./config.ts"
import { createDeviceBook, type DeviceBook } from "./devices.ts"
import { serveAuth } from "./generated/auth.server.ts"
import { type AuthStores, openAuthStores } from "./generated/auth.stores.ts"
import { createHandlers } from "./handlers.ts"
import { createHasher } from "./hasher.ts"
import { createKick } from "./kick.ts"
import { createRevocationLog, type RevocationLog } from "./revocation-log.ts"
import { createRevocationBook } from "./revocations.ts"
import { createTicketOffice } from "./ticket.ts"
import { createTries } from "./tries.ts"

const FIRST_UID = 100_000_000
const UIDS_AT_ONCE = 1_000
const POLL_MS = 500
const FLUSH_MS = 1_000
const FORGET_MS = 3_600_000

type Context = ServiceContext<typeof CONFIG>

export const auth = defineRpcService({ name: "auth", partOf: "im", config: CONFIG, start })

async function start(context: Context): Promise<void> {
  const { config, rpc, agent, log } = context
  const now = Date.now
  const stores = openAuthStores(connectStores(context))
  const book = createRevocationBook(config.mostRevocations)
  const kick = createKick(rpc, config.access, log)
  const revocations = createRevocationLog({
    ...{ blocks: stores.revocations, counters: stores.counters, book, now },
    onNew: (one) => {
      void kick(one) // it logs what failed
      devices
        .forget(one)
        .catch((error: unknown) => log.warn({ uid: one.uid, err: error }, "logged-out devices stay in the list"))
    },
  })
  const hasher = await createHasher(config.hashesAtOnce, config.hashesWaiting)
  agent.gauge("im.auth.hashes_waiting", () => hasher.waiting)
  agent.gauge("im.auth.revocations", () => book.size)
  const newUid = createBlocks(stores.counters, { name: "uids", first: FIRST_UID, size: UIDS_AT_ONCE })
  const accounts = createAccounts({ stores, hasher, tries: createTries(), newUid, now })
  const devices = openDevices(context, stores, revocations)
  const keys = [config.ticketKey, config.otherTicketKey].filter((key) => key !== undefined)
  const loaded = readRevocations(context, revocations)
  serveAuth(
    rpc,
    createHandlers({ accounts, tickets: createTicketOffice(keys), devices, book, revocations, loaded, now }),
  )
}

/** The log is read before any ticket is judged, tried again until the store answers, and then watched. */
function readRevocations({ log, onStop, ready }: Context, revocations: RevocationLog): () => boolean {
  let loaded = false
  const read = startEvery({ name: "revocations", everyMs: POLL_MS, log }, async () => {
    if (loaded) return revocations.poll()
    await revocations.load()
    loaded = true
  })
  read.wake()
  const forget = startEvery({ name: "old revocations", everyMs: FORGET_MS, log }, revocations.forgetOld)
  ready("revocations", () => (loaded ? null : "not read yet"))
  onStop(forget.stop)
  onStop(read.stop)
  return () => loaded
}

/** A user has 32 places; the device that falls off the list is logged out, or nobody could end it by itself. */
function openDevices(
  { agent, log, onStop }: Context,
  { devices: store }: AuthStores,
  revocations: RevocationLog,
): DeviceBook {
  const dropped = (uid: number, device: number): void => {
    revocations
      .append({ uid, device, upTo: false, at: Date.now() })
      .catch((error: unknown) => log.warn({ uid, err: error }, "a device beyond a user's 32 was not logged out"))
  }
  const devices = createDeviceBook({ store, onDropped: dropped, lost: agent.counter("im.auth.sights_lost") })
  agent.gauge("im.auth.sights_waiting", () => devices.waiting())
  const flush = startEvery({ name: "devices", everyMs: FLUSH_MS, log }, devices.flush)
  onStop(async () => {
    await flush.stop()
    await devices.flush()
  })
  return devices
}
