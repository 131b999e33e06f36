import { readConfig } from "../config.ts"
import { DoorError } from "../door/errors.ts"
import type { Upstream } from "./forward.ts"

export function collector(): Upstream {
  const { collectorUrl, readToken } = readConfig()
  return { name: "collector", url: collectorUrl, token: readToken, away: "collector_away" }
}

export function alerting(): Upstream {
  const { alertingUrl, alertingToken } = readConfig()
  return { name: "alerting service", url: alertingUrl, token: alertingToken, away: "alerting_away" }
}

/** Throws DoorError where the installation has none. */
export function guard(): Upstream {
  const { guardUrl, guardToken } = readConfig()
  if (guardUrl === undefined || guardToken === undefined)
    throw new DoorError("guard_unset", "cannot ask guard: OSSAGENT_GUARD_URL and OSSAGENT_GUARD_TOKEN are not set")
  return { name: "guard service", url: guardUrl, token: guardToken, away: "guard_away" }
}
