import type { ErrorTable } from "@ossagent/svrkit"

/** Errors of guard's HTTP door, besides those of every door. */
export const GUARD_DOOR_ERRORS = {
  unknown_throttle: [404, "There is no such throttle."],
  throttle_over: [409, "The throttle is over already, or was released."],
  too_many: [409, "There are as many of these as there may be; the message says how many."],
  unknown_feature: [400, "Clients make no request of this name; the message names those that can be switched off."],
  unknown_access: [404, "No access of this run is there now."],
} as const satisfies ErrorTable
