import { mailboxSettings } from "../mailbox/route.ts"
import { targetsOf } from "../targets.ts"

/** Settings of social, besides those of every service. */
export const CONFIG = { ...mailboxSettings, auth: targetsOf("auth") }
