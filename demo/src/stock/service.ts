/** The simulated shop's stock: a service on svrkit, a process of its own, that can be overloaded and whose logic can be released. */
import { setTimeout as sleep } from "node:timers/promises"
import { defineRpcService } from "@ossagent/svrkit"
import { LOGIC_SETTINGS, openLogic } from "@ossagent/svrkit/logic"
import { SERVICE } from "../names.ts"
import { type StockHandlers, serveStock } from "./generated/stock.server.ts"
import { STOCK } from "./generated/stock.table.ts"

/** Loadable logic, unique in an installation. */
export const MODULE = "demo-reserve"
/** With {@link SUGGEST_MS}: some 400 suggestions a second are what it can. */
const MOST_RUNNING = 8
const SUGGEST_MS = 20

export const stock = defineRpcService({
  name: "stock",
  partOf: SERVICE,
  config: LOGIC_SETTINGS,
  limits: { mostRunning: MOST_RUNNING },
  start: async (context) => {
    const { reserve } = await openLogic<Pick<StockHandlers, "reserve">>(context, {
      table: STOCK,
      module: MODULE,
      dir: "logic",
      methods: ["reserve"],
    })
    const suggest: StockHandlers["suggest"] = async ({ uid }) => {
      await sleep(SUGGEST_MS)
      return { skus: [`sku-${uid % 90}`] }
    }
    serveStock(context.rpc, { reserve, suggest })
  },
})
