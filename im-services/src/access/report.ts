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

/** Tells every dispatch each two seconds that this access is there, and at the end that it goes. */
export function startReports({ rpc, config, floor, run, places }: ReportParts): { stop: () => Promise<void> } {
  const all = config.dispatch.map((target) => createDispatchClient(rpc.channel(DISPATCH, [target])))
  const { region, mostConnections: capacity } = config
  const report = (draining: boolean): Promise<unknown> => {
    const state = { run, ...places, region, connections: floor.count, capacity, draining }
    // A lost report is made good by the next; the channel counts its errors.
    return Promise.allSettled(all.map((dispatch) => dispatch.report(state, { timeoutMs: REPORT_MS / 2 })))
  }
  void report(false)
  const timer = setInterval(() => void report(false), REPORT_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await report(true)
    },
  }
}
