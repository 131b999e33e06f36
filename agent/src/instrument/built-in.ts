import type { Agent } from "../agent.ts"
import { watchProcess } from "./process.ts"

/** Every built-in instrument; a further one is a file and a line here. */
const BUILT_IN = [watchProcess] satisfies ((agent: Agent) => void)[]

export function startBuiltIn(agent: Agent): void {
  for (const start of BUILT_IN) start(agent)
}
