/** Stands where the key goes, so that a copied snippet says what is missing. */
export const KEY_NAME = "OSSAGENT_KEY"

/** From the checkout: the packages are in no registry, and a name that is free there could be anybody's. */
export const INSTALL = `# in OssAgent's directory, once it has been started or built
npm pack -w wire -w agent --pack-destination /tmp

# in your service's directory; on another machine, copy the two files there first
npm install /tmp/ossagent-wire-*.tgz /tmp/ossagent-agent-*.tgz`

export const toCode = (collectorUrl: string): string => `import { createAgent } from "@ossagent/agent"

const oss = createAgent({
  service: "shop",
  version: "1.0.0",
  collector: ${JSON.stringify(collectorUrl)},
  key: process.env.${KEY_NAME},
})

const paid = oss.counter("order.paid")
paid.inc() // where an order is paid
oss.timer("pay.call").record(12.5) // ms
oss.gauge("queue.depth", () => queue.length)

await oss.stop() // before the process ends: sends the rest`

export const toShell = (collectorUrl: string): string => `export ${KEY_NAME}=… # the key above
OSSAGENT_SERVICE=shop OSSAGENT_VERSION=1.0.0 OSSAGENT_COLLECTOR=${collectorUrl} \\
  node --import @ossagent/agent/register server.js`
