import { datastore } from "@ossagent/im-services/datastore/datastore"
import { createSeqClient, type SeqClient } from "@ossagent/im-services/seq/client"
import { seq } from "@ossagent/im-services/seq/seq"
import { startMixed } from "@ossagent/svrkit"
import { type Figure, median, quantile, stated } from "../result.ts"
import type { SeqStack } from "./stack.ts"

export const ROUNDS = 5
const ROUND_MS = 2_000
const USERS = 1_000_000
const BATCH = 1_000
/** Fewer of the large calls: what is under way must not hold an allocator up for long, whose leases are renewed in between. */
const ROUND_KINDS = [
  { name: "one user a call", batch: 1, inFlight: 64 },
  { name: `${BATCH} users a call`, batch: BATCH, inFlight: 8 },
]

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

interface Measured {
  perSecond: number
  p99Ms: number
}

type Kind = Pick<(typeof ROUND_KINDS)[number], "batch" | "inFlight">

/** Calls of so many users each, so many at the same time, for two seconds. */
async function measure(client: SeqClient, { batch, inFlight }: Kind): Promise<Measured> {
  const times: number[] = []
  const until = performance.now() + ROUND_MS
  let next = 0
  const worker = async (): Promise<void> => {
    for (let now = performance.now(); now < until; ) {
      const from = next
      next += batch
      const uids = Array.from({ length: batch }, (_, index) => (from + index) % USERS)
      await client.allocate(uids, [])
      const after = performance.now()
      times.push(after - now)
      now = after
      await turn() // calls in memory need no input or output, and would leave none to the leases
    }
  }
  const from = performance.now()
  await Promise.all(Array.from({ length: inFlight }, worker))
  return { perSecond: (times.length * batch * 1_000) / (performance.now() - from), p99Ms: quantile(times, 0.99) }
}

async function figuresOf(where: string, client: SeqClient): Promise<Figure[]> {
  const figures: Figure[] = []
  await measure(client, ROUND_KINDS[1] as Kind)
  for (const kind of ROUND_KINDS) {
    const rounds: Measured[] = []
    for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(client, kind))
    const of = (what: (measured: Measured) => number): number => median(rounds.map(what))
    const name = `${where}, ${kind.name}`
    figures.push(
      stated(
        `${name}: allocations`,
        of(({ perSecond }) => perSecond),
        "/s",
      ),
      stated(
        `${name}: p99 of a call, ${kind.inFlight} in flight`,
        of(({ p99Ms }) => p99Ms),
        "ms",
      ),
    )
  }
  return figures
}

/** Numbers over TCP from one allocator, then from one in this process. */
export async function speedFigures(stack: SeqStack): Promise<Figure[]> {
  const allocator = await stack.startAllocator()
  const apart = await figuresOf("over TCP", createSeqClient(stack.caller, [allocator.target]))
  await allocator.end("SIGTERM")
  const env = { DATASTORE_ENGINES: `a+b+c=${stack.postgres.url}`, OSSAGENT_LOG: "error" }
  const { running, stop } = await startMixed([datastore, seq], env)
  const channel = running[0]?.context.rpc.channel as SeqStack["caller"]["channel"]
  const together = await figuresOf("in one process", createSeqClient({ channel }, []))
  await stop()
  return [...apart, ...together]
}
