/**
 * The agent that other people's services import.
 *
 *     const oss = createAgent({ service: "shop", version: "8.0.1", collector: "http://127.0.0.1:7071", key: "…" })
 *     const paid = oss.counter("order.paid")
 *     paid.inc()
 */
export { type Agent, createAgent } from "./agent.ts"
export type { Dims, MetricOptions } from "./instrument/cell.ts"
export type { Counter } from "./instrument/counter.ts"
export type { Gauge } from "./instrument/gauge.ts"
export type { Timer } from "./instrument/timer.ts"
export type { AgentOptions } from "./options.ts"
