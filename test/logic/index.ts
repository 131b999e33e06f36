/** A service with loadable logic, versions of it that behave as they are told, and its callers. */
export { RPC_TOKEN, type RunningGreeter, startGreeter } from "./start.ts"
export { type Seen, startTraffic, type TrafficOptions } from "./traffic.ts"
export { type Behaviour, MODULE, writeGreeter } from "./versions.ts"
