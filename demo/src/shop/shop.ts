import { type Agent, createAgent } from "@ossagent/agent"
import type { Day } from "../day/day.ts"
import type { Installation } from "../installation.ts"
import { SERVICE } from "../names.ts"
import { addCoupon } from "./coupon.ts"

/** Of its apps, oldest first. */
export const APPS = ["8.0.0", "8.0.1", "8.1.0"] as const
const TICK_MS = 100
const CUSTOMERS = 400
/** Customers who look at something, a second, in the busiest hour. */
const LOOKS = 60

/** The simulated shop: three subsystems that emit by the agent, and faults that can be switched on. */
export class Shop {
  readonly agent: Agent
  orders = 0
  errors = 0
  /** Share of customers with the newest app, 0 to 1. */
  newest = 0
  /** The newest app's coupons are broken. */
  broken = false
  /** How many times slower paying is. */
  slowness = 1
  private readonly day: Day
  private readonly random: () => number
  private readonly points: ReturnType<typeof bind>

  constructor({ collector, ingestKey }: Installation, day: Day, random: () => number) {
    this.day = day
    this.random = random
    this.agent = createAgent({
      ...{ service: SERVICE, subsystem: "checkout", version: APPS[0], host: "demo", collector, key: ingestKey },
      ...{ spool: false, builtIn: false },
    })
    this.points = bind(this.agent)
  }

  /** Until the day ends. */
  async trade(): Promise<void> {
    let due = 0
    let last = performance.now()
    while (await this.day.pause(TICK_MS)) {
      const now = performance.now()
      due += (LOOKS * this.day.busy() * (now - last)) / 1_000
      last = now
      for (; due >= 1; due--) this.visit()
    }
  }

  private visit(): void {
    const { random, points, agent } = this
    const customer = `demo-customer-${Math.floor(CUSTOMERS * random() ** 1.5)}`
    const version = random() < this.newest ? APPS[2] : random() < 0.7 ? APPS[1] : APPS[0]
    points.viewed.with({ version }).inc()
    points.search.with({ version }).record(8 + 30 * random() ** 3)
    if (random() < 0.3) agent.event("app.opened", customer, {}, version)
    agent.event("item.viewed", customer, {}, version)
    if (random() > 0.35) return
    points.added.with({ version }).inc()
    agent.event("cart.added", customer, {}, version)
    if (random() > 0.5) return
    this.pay(customer, version)
  }

  private pay(customer: string, version: string): void {
    const { random, points, agent } = this
    points.pay.with({ version }).record((25 + 60 * random() ** 2) * this.slowness)
    try {
      const priced = addCoupon(
        12 + 80 * random(),
        this.broken && version === APPS[2] && random() < 0.4 ? null : "spring",
      )
      points.value.with({ version }).inc(Math.round(priced))
      points.paid.with({ version }).inc()
      agent.event("order.paid", customer, {}, version)
      this.orders++
    } catch (error) {
      points.failed.with({ version }).inc()
      agent.exception(error, { version, user: customer })
      this.errors++
    }
  }
}

const bind = (agent: Agent) => ({
  viewed: agent.counter("shop.item.viewed", { subsystem: "catalog" }),
  search: agent.timer("shop.search", { subsystem: "catalog" }),
  added: agent.counter("shop.cart.added"),
  paid: agent.counter("shop.order.paid"),
  failed: agent.counter("shop.order.failed"),
  value: agent.counter("shop.order.value", { unit: "EUR" }),
  pay: agent.timer("shop.pay.call", { subsystem: "payment" }),
})
