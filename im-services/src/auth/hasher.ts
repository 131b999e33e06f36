import { hash, verify } from "@node-rs/argon2"
import type { ServerCall } from "@ossagent/svrkit/rpc"
import { authError } from "./generated/auth.server.ts"

/** OWASP's least of argon2id: 19 MiB, two passes, one lane; it is the library's algorithm unless another one is asked for. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Hashes passwords and compares them, a few at once: each takes 19 MiB and tens of milliseconds of a core. */
export interface Hasher {
  hash: (password: string, call: ServerCall) => Promise<string>
  /** Without a hash it takes as long and answers false: who asks learns nothing of who exists. */
  verify: (stored: string | null, password: string, call: ServerCall) => Promise<boolean>
  readonly waiting: number
}

/**
 * @param atOnce computations that run at one time
 * @param mostWaiting those that wait; beyond, `slow_down`
 */
export async function createHasher(atOnce: number, mostWaiting: number): Promise<Hasher> {
  const nobody = await hash("nobody has this password", COST)
  const turns = createTurns(atOnce, mostWaiting)
  return {
    hash: (password, call) => turns.take(call, () => hash(password, COST)),
    verify: (stored, password, call) =>
      turns.take(call, async () => (await verify(stored ?? nobody, password)) && stored !== null),
    get waiting() {
      return turns.waiting
    },
  }
}

/** So many at once, then so many that wait, first come first served; whose call is over while it waits does not run. */
function createTurns(atOnce: number, mostWaiting: number) {
  const queue: (() => void)[] = []
  let running = 0
  const next = (): void => {
    running--
    queue.shift()?.()
  }
  return {
    get waiting() {
      return queue.length
    },
    take: async <T>(call: ServerCall, run: () => Promise<T>): Promise<T> => {
      if (running >= atOnce) {
        if (queue.length >= mostWaiting) {
          throw authError("slow_down", "too many log-ins at once: come back in a moment", { retryAfterMs: 2_000 })
        }
        await new Promise<void>((resolve) => queue.push(resolve))
      }
      running++
      try {
        if (call.remainingMs <= 0) throw authError("slow_down", "the log-in waited until its deadline")
        return await run()
      } finally {
        next()
      }
    },
  }
}
