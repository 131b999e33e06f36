import type { Agent } from "@ossagent/agent"
import { Channel } from "@ossagent/svrkit/rpc"
import type { Day } from "../day/day.ts"
import { createStockClient } from "./generated/stock.client.ts"
import { STOCK, STOCK_METHODS } from "./generated/stock.table.ts"
import type { StockProcess } from "./process.ts"

const TICK_MS = 20
/** Calls under way at most: a stock that is slower than it is asked is asked less. */
const MOST_UNDER_WAY = 2_000
const CUSTOMERS = 5_000
/** A second, in the busiest hour. */
const RESERVES = 150
const SUGGESTS = 60

/** The shop's calls of its stock: reservations, which it needs, and suggestions, which it does not. */
export class Callers {
  /** Suggestions beside the usual ones, a second. */
  burst = 0
  private readonly channel: Channel
  private readonly random: () => number
  private underWay = 0

  constructor(stock: StockProcess, agent: Agent, random: () => number) {
    const { target, token } = stock
    this.random = random
    this.channel = new Channel({ table: STOCK, targets: [target], credential: { name: "checkout", token }, agent })
  }

  /** Until the day ends. */
  async call(day: Day): Promise<void> {
    const stock = createStockClient(this.channel)
    let last = performance.now()
    let [reserves, suggests] = [0, 0]
    while (await day.pause(TICK_MS)) {
      const now = performance.now()
      const sec = (now - last) / 1_000
      last = now
      reserves += RESERVES * (0.3 + 0.7 * day.busy()) * sec
      suggests += (SUGGESTS * day.busy() + this.burst) * sec
      for (; reserves >= 1; reserves--) this.begin(() => stock.reserve(this.asked()))
      for (; suggests >= 1; suggests--) this.begin(() => this.channel.tryCall(STOCK_METHODS.suggest, this.asked()))
    }
  }

  stop(): void {
    this.channel.stop()
  }

  private asked() {
    const uid = Math.floor(CUSTOMERS * this.random() ** 2)
    return { uid, sku: `sku-${uid % 90}` }
  }

  /** How a call ends is counted by the channel. */
  private begin(call: () => Promise<unknown>): void {
    if (this.underWay >= MOST_UNDER_WAY) return
    this.underWay++
    const done = (): void => {
      this.underWay--
    }
    void call().then(done, done)
  }
}
