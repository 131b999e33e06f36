import type { RpcDoor } from "@ossagent/svrkit"
import type { AccessConfig } from "./config.ts"
import type { Floor } from "./floor.ts"
import { accessNeeds } from "./generated/access.needs.ts"
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
  const all = config.dispatch.map((target) => accessNeeds.dispatch(rpc, [target]))
  const { region, mostConnections: capacity } = config
  const report = (draining: boolean): Promise<unknown> => {
    const state = { run, ...places, region, connections: floor.count, capacity, draining }
    // A lost report is made good by the next.
    return Promise.all(all.map((dispatch) => dispatch.report(state)))
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
