import { mailboxSettings } from "../mailbox/route.ts"
import { targetsOf } from "../targets.ts"

export const messageConfig = { ...mailboxSettings, social: targetsOf("social"), spam: targetsOf("spam") }
