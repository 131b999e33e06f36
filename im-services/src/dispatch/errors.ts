import type { ErrorTable } from "@ossagent/svrkit"

/** Errors of dispatch's HTTP door, besides those of every door. */
export const DISPATCH_ERRORS = {
  wrong_app_key: [403, "The app key is not this installation's."],
  throttled: [429, "This device, or its version, is to stay off the network for the seconds that Retry-After states."],
  no_access: [503, "No access is there now; come back after the seconds that Retry-After states."],
} as const satisfies ErrorTable
