import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { createAgent } from "@ossagent/agent"
import { Channel } from "@ossagent/svrkit/rpc"
import { createFrontClient, type FrontClient } from "./front/generated/front.client.ts"
import { FRONT } from "./front/generated/front.table.ts"
import type { Policy } from "./policies.ts"
import type { ServerPlan } from "./server.ts"

const TOKEN = "a-token-of-this-benchmark"

export interface Tree {
  front: FrontClient
  stop: () => void
}

/** A call tree: this process → front → work, each a process of its own over TCP. */
export async function startTree(policy: Policy, work: ServerPlan["work"]): Promise<Tree> {
  const children: ChildProcess[] = []
  const start = async (role: ServerPlan["role"], target: string): Promise<string> => {
    const plan: ServerPlan = { role, policy, token: TOKEN, work, target }
    const child = fork(fileURLToPath(new URL("server.js", import.meta.url)), [JSON.stringify(plan)], { execArgv: [] })
    children.push(child)
    const [{ port }] = (await once(child, "message")) as [{ port: number }]
    return `127.0.0.1:${port}`
  }
  const target = await start("front", await start("work", ""))
  const agent = createAgent({
    service: "bench",
    collector: "http://127.0.0.1:9",
    key: "unset",
    spool: false,
    onTrouble: () => undefined,
  })
  void agent.stop(0)
  const channel = new Channel({ table: FRONT, targets: [target], credential: { name: "bench", token: TOKEN }, agent })
  const stop = (): void => {
    channel.stop()
    for (const child of children) child.kill()
  }
  return { front: createFrontClient(channel), stop }
}
