import { createSeqClient } from "@ossagent/im-services/seq/client"
import { createSeqClient as createCalls } from "@ossagent/im-services/seq/generated/seq.client"
import { SEQ } from "@ossagent/im-services/seq/generated/seq.table"
import { SECTION_USERS, SHARES } from "@ossagent/im-services/seq/sections"
import type { Process } from "@ossagent/im-services/testing/processes"
import { atMost, type Figure, median, stated } from "../result.ts"
import type { SeqStack } from "./stack.ts"

export const DEATHS = 5
const SAID_MS = 10
const TIMEOUT_MS = 30_000

/** The longest time that one user of each share waits for a number while `run` goes on and three seconds more. */
async function longestWait(
  stack: SeqStack,
  targets: string[],
  run: () => Promise<void>,
  enough: () => Promise<boolean>,
): Promise<number> {
  const client = createSeqClient(stack.caller, targets)
  let over = false
  let longest = 0
  const asker = async (share: number): Promise<void> => {
    while (!over) {
      const from = performance.now()
      await client.allocate([share * SECTION_USERS + 1], [1], { timeoutMs: TIMEOUT_MS })
      longest = Math.max(longest, performance.now() - from)
      await new Promise((resolve) => setTimeout(resolve, SAID_MS))
    }
  }
  const asking = Promise.all(Array.from({ length: SHARES }, (_, share) => asker(share)))
  await run()
  while (!(await enough())) await new Promise((resolve) => setTimeout(resolve, 50))
  over = true
  await asking
  return longest
}

/** How long users get no number when their allocator is killed, and when it stops in order, another one being there. */
export async function deathFigures(stack: SeqStack): Promise<Figure[]> {
  const [killed, stopped]: [number[], number[]] = [[], []]
  const stays = await stack.startAllocator()
  const shares = async ({ target }: Process): Promise<number> => {
    const channel = stack.caller.channel(SEQ, [target])
    const { shares: had } = await createCalls(channel).state({})
    channel.stop()
    return had.length
  }
  for (let round = 0; round < 2 * DEATHS; round++) {
    const other = await stack.startAllocator()
    while ((await shares(other)) < SHARES / 2) await new Promise((resolve) => setTimeout(resolve, 100))
    const kill = round < DEATHS
    const end = (): Promise<void> => other.end(kill ? "SIGKILL" : "SIGTERM")
    const all = async (): Promise<boolean> => (await shares(stays)) === SHARES
    ;(kill ? killed : stopped).push(await longestWait(stack, [stays.target, other.target], end, all))
  }
  return [
    atMost("an allocator killed: longest wait for a number, worst round", Math.max(...killed) / 1_000, "s", 10),
    stated("the same, median of rounds", median(killed) / 1_000, "s"),
    stated("an allocator stopped in order: longest wait for a number, worst round", Math.max(...stopped) / 1_000, "s"),
  ]
}
