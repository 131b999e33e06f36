import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createCaller, freePort, type Process, startProcess } from "@ossagent/im-services/testing/processes"
import { type RunningPostgres, startPostgres } from "@ossagent/svrkit/postgres"

/** seq's world in processes of their own: a PostgreSQL that keeps what it says, a datastore with three engines, allocators. */
export interface SeqStack {
  postgres: RunningPostgres
  caller: ReturnType<typeof createCaller>
  /** An allocator; at the port of an earlier one, if given. */
  startAllocator: (port?: number) => Promise<Process>
  stop: () => Promise<void>
}

export async function startSeqStack(): Promise<SeqStack> {
  const dataDir = await mkdtemp(join(tmpdir(), "ossagent-bench-seq-"))
  const postgres = await startPostgres({ dataDir, port: 0, user: "bench", password: "bench-only", database: "bench" })
  const datastore = await startProcess("datastore", { DATASTORE_ENGINES: `a+b+c=${postgres.url}` })
  const OSSAGENT_STORES = ["a", "b", "c"].map((name) => `${name}=${datastore.target}`).join(",")
  const allocators: Process[] = []
  const caller = createCaller()
  return {
    postgres,
    caller,
    startAllocator: async (given) => {
      const port = given ?? (await freePort())
      const one = await startProcess("seq", { OSSAGENT_STORES, SEQ_TARGET: `127.0.0.1:${port}` }, port)
      allocators.push(one)
      return one
    },
    stop: async () => {
      caller.stop()
      await Promise.all([...allocators, datastore].map((one) => one.end("SIGKILL")))
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
