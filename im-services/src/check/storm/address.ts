import { setTimeout as sleep } from "node:timers/promises"

/** A process that may serve at an address: the port of its calls, and that of its `/readyz`. */
export interface Candidate {
  port: number
  httpPort: number
}

const LOOK_MS = 250
const ANSWER_MS = 400

/** An address that stands for whoever of several is ready, as a load balancer does it: it stays where it is until that one is not ready and another is. */
export class Address {
  private readonly candidates: readonly Candidate[]
  private readonly onMove: () => void
  private current = 0
  private stopped = false
  private readonly looking: Promise<void>

  /** @param onMove another one serves from now on: what is connected to the one before must come anew */
  constructor(candidates: readonly Candidate[], onMove: () => void) {
    this.candidates = candidates
    this.onMove = onMove
    this.looking = this.look()
  }

  get port(): number {
    return (this.candidates[this.current] as Candidate).port
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.looking
  }

  private async look(): Promise<void> {
    while (!this.stopped) {
      const ready = await Promise.all(this.candidates.map(isReady))
      const next = ready.indexOf(true)
      if (!ready[this.current] && next >= 0) {
        this.current = next
        this.onMove()
      }
      await sleep(LOOK_MS)
    }
  }
}

async function isReady({ httpPort }: Candidate): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${httpPort}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) })).ok
  } catch {
    return false // no answer is the answer
  }
}
