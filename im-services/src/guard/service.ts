/**
 * guard: accusations of accesses in (`decide.ts`), throttles out, to every access and dispatch with its next beat; what people set, by an
 * HTTP door. All of it is stored first (`book.ts`), so that neither guard's nor access's end frees anybody. Optional to those who call it.
 */
import { randomBytes } from "node:crypto"
import { defineService, type ServiceContext } from "@ossagent/svrkit"
import { connectStores } from "../datastore/connect.ts"
import { startEvery } from "../loop/every.ts"
import { createBlocks } from "../number/blocks.ts"
import { Book } from "./book.ts"
import { GUARD_SETTINGS } from "./config.ts"
import { addGuardRoutes } from "./door/routes.ts"
import { GUARD_DOOR_ERRORS } from "./errors.ts"
import { guardError, serveGuard } from "./generated/guard.server.ts"
import { openGuardStores } from "./generated/guard.stores.ts"
import { createBeat } from "./handle.ts"
import { createPoints } from "./points.ts"
import { Versions } from "./versions.ts"

const IDS_AT_ONCE = 100
const POLL_MS = 2_000
export const GUARD_READ = "guard:read"
export const GUARD_WRITE = "guard:write"
type Context = ServiceContext<typeof GUARD_SETTINGS>

export const guard = defineService({
  name: "guard",
  partOf: "im",
  config: GUARD_SETTINGS,
  errors: GUARD_DOOR_ERRORS,
  door: ({ httpPort, token }) => ({
    port: httpPort,
    credentials: token === undefined ? [] : [{ name: "dashboard", token, scopes: [GUARD_READ, GUARD_WRITE] }],
  }),
  rpc: ({ rpcPort }) => ({ port: rpcPort }),
  start,
})

function start(context: Context): void {
  const { rpc, agent, http } = context
  const now = Date.now
  const stores = openGuardStores(connectStores(context))
  const points = createPoints(agent)
  const book = new Book({
    stores,
    now,
    newId: createBlocks(stores.counters, { name: "ids", first: 1, size: IDS_AT_ONCE }),
    onForgotten: () => points.forgotten.inc(),
  })
  const versions = new Versions(agent, now)
  const isLoaded = keepRead(context, book, versions)
  const loaded = (): void => {
    if (!isLoaded()) throw guardError("unavailable", "cannot answer: what was decided before is not read yet")
  }
  points.watch(() => (isLoaded() ? book.force() : null))
  serveGuard(rpc, { beat: createBeat({ book, versions, points, loaded, run: randomBytes(4).toString("hex") }) })
  addGuardRoutes(http, { book, versions, stores, isLoaded, context, now })
}

/** Read before anything is answered, tried again until the store answers; then again what other processes change. */
function keepRead({ log, onStop, ready }: Context, book: Book, versions: Versions): () => boolean {
  let loaded = false
  const read = startEvery({ name: "throttles", everyMs: POLL_MS, log }, async () => {
    await (loaded ? book.poll() : book.load())
    loaded = true
    versions.turn(book.list())
  })
  read.wake()
  ready("throttles", () => (loaded ? null : "not read yet"))
  onStop(read.stop)
  return () => loaded
}
