import type { RpcDoor } from "@ossagent/svrkit"
import { createDispatchClient } from "../dispatch/generated/dispatch.client.ts"
import { DISPATCH } from "../dispatch/generated/dispatch.table.ts"
import type { AccessConfig } from "./config.ts"
import type { Floor } from "./floor.ts"
import type { Places } from "./open.ts"

const REPORT_MS = 2_000

interface ReportParts {
  rpc: RpcDoor
  config: AccessConfig
  floor: Floor
  run: string
  places: Places
}

/** Tells dispatch every two seconds that this access is there, and at the end that it goes. */
export function startReports({ rpc, config, floor, run, places }: ReportParts): { stop: () => Promise<void> } {
  const dispatch = createDispatchClient(rpc.channel(DISPATCH, config.dispatch))
  const report = (draining: boolean): Promise<unknown> =>
    dispatch
      .report(
        { run, ...places, region: config.region, connections: floor.count, capacity: config.mostConnections, draining },
        { timeoutMs: REPORT_MS / 2 },
      )
      .catch(() => undefined) // the next report makes it good; the channel counts its errors
  void report(false)
  const timer = setInterval(() => void report(false), REPORT_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await report(true)
    },
  }
}
