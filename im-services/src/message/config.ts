import { setting, targets } from "@ossagent/svrkit"
import { mailboxSettings } from "../mailbox/route.ts"

export const messageConfig = {
  ...mailboxSettings,
  social: setting("OSSAGENT_SOCIAL", targets("127.0.0.1:7504"), "where social is, host:port by comma"),
  spam: setting(
    "OSSAGENT_SPAM",
    targets("127.0.0.1:7508"),
    "where the spam filter is, host:port by comma; messages arrive without it",
  ),
}
