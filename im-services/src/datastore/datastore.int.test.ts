import { defineRpcService, startMixed } from "@ossagent/svrkit"
import { type RunningPostgres, startTestPostgres } from "@ossagent/svrkit/postgres"
import { afterAll, beforeAll, expect, it } from "vitest"
import { serveAsync } from "../async/generated/async.server.ts"
import { type AuthStores, openAuthStores } from "../auth/generated/auth.stores.ts"
import { connectStores, STORE_SETTINGS } from "./connect.ts"
import { datastore } from "./datastore.ts"

let postgres: RunningPostgres
let stop: () => Promise<void>
let stores: AuthStores

beforeAll(async () => {
  postgres = await startTestPostgres()
  const user = defineRpcService({
    name: "async",
    config: STORE_SETTINGS,
    start: (context) => {
      stores = openAuthStores(connectStores(context))
      serveAsync(context.rpc, { wake: () => ({}) })
    },
  })
  const env = { DATASTORE_ENGINES: `a+b+c=${postgres.url}`, OSSAGENT_LOG: "error" }
  stop = (await startMixed([datastore, user], env)).stop
})
afterAll(async () => {
  await stop?.()
  await postgres?.stop()
})

it("a service keeps values in its stores and finds them again, each with its version", async () => {
  const { accounts, names } = stores
  expect(await accounts.get(1)).toBeNull()
  const first = await accounts.put(1, { uid: 1, name: "ann" }, 0)
  expect(await accounts.get(1)).toMatchObject({ version: first, value: { uid: 1, name: "ann" } })
  expect(await accounts.put(1, { uid: 1 }, 0)).toBeNull()
  const second = await accounts.put(1, { uid: 1, name: "anne" }, first as number)
  expect(second).toBeGreaterThan(first as number)
  expect(await accounts.put(1, { uid: 1 }, first as number)).toBeNull()
  await names.put("ann", { uid: 1 })
  expect((await names.getMany(["bob", "ann"])).map((row) => row?.value.uid)).toEqual([undefined, 1])
  await accounts.delete(1)
  expect(await accounts.get(1)).toBeNull()
  expect(await accounts.put(1, { uid: 1, name: "ann" }, 0)).toBeGreaterThan(second as number)
})
