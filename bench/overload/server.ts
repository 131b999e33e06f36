/** One process of the call trees: `work`, which saturates, or `front`, which calls it. */
import { createAgent } from "@ossagent/agent"
import { Channel, RpcServer } from "@ossagent/svrkit/rpc"
import { pino } from "pino"
import { serveFront } from "./front/generated/front.server.ts"
import { POLICIES, type Policy } from "./policies.ts"
import { createRandom } from "./random.ts"
import { createWorkClient } from "./work/generated/work.client.ts"
import { serveWork } from "./work/generated/work.server.ts"
import { WORK } from "./work/generated/work.table.ts"

export interface ServerPlan {
  role: "work" | "front"
  policy: Policy
  token: string
  /** `slots`: so many calls at a time, each of `ms` without the processor. `cpu`: each of `ms` of the processor. */
  work: { kind: "slots"; slots: number; ms: number } | { kind: "cpu"; ms: number }
  /** Of work, for front. */
  target: string
}

const plan = JSON.parse(process.argv[2] ?? "{}") as ServerPlan
const agent = createAgent({
  service: plan.role,
  collector: "http://127.0.0.1:9",
  key: "unset",
  spool: false,
  onTrouble: () => undefined,
})
void agent.stop(0)
const random = createRandom(11)
const credentials = [{ name: "bench", token: plan.token }]
const limits = plan.role === "work" && plan.work.kind === "slots" ? { mostRunning: plan.work.slots } : {}
const server = new RpcServer({
  ...{ credentials, limits, log: pino({ level: "silent" }), agent },
  admission: (now) => POLICIES[plan.policy](now, random),
})

if (plan.role === "work") serveWork(server, { work: async ({ task }) => work(task) })
else {
  const channel = new Channel({
    table: WORK,
    targets: [plan.target],
    credential: { name: "bench", token: plan.token },
    agent,
  })
  const client = createWorkClient(channel)
  serveFront(server, {
    do: async ({ task, calls }, call) => {
      for (let i = 0; i < calls; i++) await client.work({ task }, { under: call })
      return { task }
    },
  })
}

async function work(task: number): Promise<{ task: number }> {
  const { ms, kind } = plan.work
  if (kind === "slots") await new Promise((resolve) => setTimeout(resolve, ms))
  else for (const end = performance.now() + ms; performance.now() < end; );
  return { task }
}

process.send?.({ port: await server.listen(0) })
process.on("disconnect", () => process.exit(0))
