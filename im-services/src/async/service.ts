/**
 * async: what is left to do after an acknowledgement. A `Taker` for each SET takes its jobs (`plan` makes steps of them, `deliver` carries
 * them out, into members' mailboxes) and puts them away when they are done. Killed at any point, another one does them again: repeats are
 * known by their identity.
 */
import { defineRpcService } from "@ossagent/svrkit"
import { createMailboxRoute, mailboxSettings } from "../mailbox/route.ts"
import { createDelivery } from "./deliver.ts"
import { serveAsync } from "./generated/async.server.ts"
import { createPoints } from "./points.ts"
import { Taker } from "./taker.ts"

export const async = defineRpcService({
  name: "async",
  partOf: "im",
  config: mailboxSettings,
  start: ({ rpc, config, agent, log, onStop }) => {
    const route = createMailboxRoute(rpc, config.mailboxes)
    const points = createPoints(agent)
    const deliver = createDelivery({ route, points, random: Math.random })
    const takers = Array.from(
      { length: route.sets },
      (_, set) => new Taker({ set, route, deliver, points, log, now: Date.now }),
    )
    for (const taker of takers) onStop(() => taker.stop())
    agent.gauge("im.async.jobs", () => takers.reduce((sum, { jobs }) => sum + jobs, 0))
    agent.gauge("im.async.oldest_ms", () => Math.max(0, ...takers.map(({ oldestMs }) => oldestMs)))
    serveAsync(rpc, {
      wake: ({ set }) => {
        takers[set]?.wake()
        return {}
      },
    })
  },
})
