import { STORE_SETTINGS } from "../datastore/config.ts"
import { mailboxSettings } from "../mailbox/route.ts"
import { targetsOf } from "../targets.ts"

/** Settings of social, besides those of every service. */
export const CONFIG = { ...STORE_SETTINGS, ...mailboxSettings, auth: targetsOf("auth") }
