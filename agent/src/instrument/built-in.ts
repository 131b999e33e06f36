import type { Agent } from "../agent.ts"
import { watchEventLoop } from "./event-loop.ts"
import { watchGc } from "./gc.ts"
import { watchHandles } from "./handles.ts"
import { watchHeap } from "./heap.ts"
import { watchHttpClient } from "./http-client.ts"
import { watchHttpServer } from "./http-server.ts"
import { watchProcess } from "./process.ts"

/** Every built-in instrument; a further one is a file and a line here. */
const BUILT_IN = [
  watchProcess,
  watchEventLoop,
  watchGc,
  watchHeap,
  watchHandles,
  watchHttpServer,
  watchHttpClient,
] satisfies ((agent: Agent) => void)[]

export function startBuiltIn(agent: Agent): void {
  for (const start of BUILT_IN) start(agent)
}
