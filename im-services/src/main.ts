import { runMixed } from "@ossagent/svrkit"
import { SERVICES } from "./services.ts"

/** All services in one process, their calls in memory. */
await runMixed(SERVICES)
