import { ServiceError } from "@ossagent/svrkit"
import { RpcError } from "@ossagent/svrkit/rpc"
import type { FastifyInstance } from "fastify"
import { addAccessRoutes } from "./accesses.ts"
import { type DoorParts, READ, type RouteParts } from "./door.ts"
import { createEntries } from "./entries.ts"
import { addSettingRoutes } from "./settings.ts"
import { addThrottleRoutes } from "./throttles.ts"

/** The HTTP routes of the contract (`wire/src/guard.ts`), one file a noun. */
export function addGuardRoutes(http: FastifyInstance, parts: RouteParts): void {
  const entries = createEntries(parts.stores.entries, parts.now)
  const handle: DoorParts["handle"] = (run) => async (request) => {
    if (!parts.isLoaded())
      throw new ServiceError("unavailable", "cannot answer: what was decided before is not read yet")
    try {
      return await run(request)
    } catch (error) {
      if (error instanceof RpcError) throw new ServiceError("unavailable", `cannot answer: ${error.message}`)
      throw error
    }
  }
  const door: DoorParts = { ...parts, entries, handle }
  addThrottleRoutes(http, door)
  addSettingRoutes(http, door)
  addAccessRoutes(http, door)
  http.get(
    "/v1/entries",
    READ,
    handle(() => entries.list()),
  )
}
