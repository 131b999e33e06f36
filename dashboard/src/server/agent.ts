import { type Agent, createAgent } from "@ossagent/agent"
import type { Logger } from "pino"
import type { Config } from "../config.ts"

/** The dashboard is watched like every service; without an ingest key it is not, and says so. */
export function startAgent(config: Config, log: Logger): Agent | null {
  if (config.ingestKey === undefined) {
    log.info("no ingest key: the dashboard's own metrics are not sent")
    return null
  }
  return createAgent({
    service: "dashboard",
    subsystem: "web",
    version: config.version,
    collector: config.collectorUrl,
    key: config.ingestKey,
    spool: config.spoolDir,
    httpServer: false,
    onTrouble: (message) => log.warn({ step: "agent" }, message),
  })
}
