import { readConfig } from "../config.ts"
import type { Upstream } from "./forward.ts"

export function collector(): Upstream {
  const { collectorUrl, readToken } = readConfig()
  return { name: "collector", url: collectorUrl, token: readToken, away: "collector_away" }
}

export function alerting(): Upstream {
  const { alertingUrl, alertingToken } = readConfig()
  return { name: "alerting service", url: alertingUrl, token: alertingToken, away: "alerting_away" }
}
