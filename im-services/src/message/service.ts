/**
 * message: what a user writes → the receiver's mailbox, then the sender's own (or, in a group, the sender's own with a job for the members),
 * and the answer when both are durable.
 */
import { defineRpcService, type ServiceContext } from "@ossagent/svrkit"
import { createMailboxRoute } from "../mailbox/route.ts"
import { messageConfig } from "./config.ts"
import { messageNeeds } from "./generated/message.needs.ts"
import { serveMessage } from "./generated/message.server.ts"
import { createPoints } from "./points.ts"
import { createRead } from "./read.ts"
import { createRecall } from "./recall.ts"
import { createSend } from "./send.ts"

export const message = defineRpcService({ name: "message", partOf: "im", config: messageConfig, start })

function start({ config, rpc, agent }: ServiceContext<typeof messageConfig>): void {
  const deps = {
    mailbox: createMailboxRoute(rpc, config.mailboxes),
    social: messageNeeds.social(rpc, config.social),
    spam: messageNeeds.spam(rpc, config.spam),
    points: createPoints(agent),
  }
  serveMessage(rpc, { ...createSend(deps), ...createRecall(deps), ...createRead(deps) })
}
