/** The greeter: a service whose methods are all loadable logic, as a process of its own. */
import { defineRpcService } from "@ossagent/svrkit"
import { LOGIC_SETTINGS, openLogic } from "@ossagent/svrkit/logic"
import { type GreeterHandlers, serveGreeter } from "./generated/greeter.server.ts"
import { GREETER } from "./generated/greeter.table.ts"
import { MODULE } from "./versions.ts"

const greeter = defineRpcService({
  name: "greeter",
  config: LOGIC_SETTINGS,
  start: async (context) => {
    const handlers = await openLogic<GreeterHandlers>(context, {
      table: GREETER,
      module: MODULE,
      dir: "logic",
      methods: ["greet", "greetOnce"],
      callerOf: ({ uid, region }: { uid: number; region: string }) => ({ user: String(uid), region }),
      limits: { heapBytes: 96 * 1024 * 1024 },
    })
    serveGreeter(context.rpc, handlers)
  },
})

await greeter.run()
