import type { RpcDoor } from "@ossagent/svrkit"
import type { AccessConfig } from "./config.ts"
import type { Draining } from "./draining.ts"
import type { Floor } from "./floor.ts"
import { accessNeeds } from "./generated/access.needs.ts"
import type { Places } from "./open.ts"

const REPORT_MS = 2_000

interface ReportParts {
  draining: Draining
  rpc: RpcDoor
  config: AccessConfig
  floor: Floor
  run: string
  places: Places
}

/** Tells every dispatch each two seconds that this access is there, and at the end that it goes. */
export function startReports({ rpc, config, floor, run, places, draining: drains }: ReportParts): {
  stop: () => Promise<void>
} {
  const all = config.dispatch.map((target) => accessNeeds.dispatch(rpc, [target]))
  const { region, carrier, mostConnections: capacity } = config
  const report = async (draining: boolean): Promise<void> => {
    const state = { run, ...places, region, carrier, connections: floor.count, capacity, draining }
    // A lost report is made good by the next.
    const answers = await Promise.all(all.map((dispatch) => dispatch.report(state, { timeoutMs: REPORT_MS / 2 })))
    const heard = answers.flatMap((answer) => (answer.ok ? [answer.reply] : []))
    const first = heard.find(({ drainSec }) => drainSec > 0) ?? heard[0]
    if (first !== undefined) drains.take(first)
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
