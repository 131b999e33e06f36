import { setTimeout as sleep } from "node:timers/promises"
import { quantile } from "../result.ts"

export interface LoadRound {
  seconds: number
  /** Messages under way at most. */
  inFlight: number
  /** Messages a second; null: as many as go. */
  rate: number | null
}

export interface LoadResult {
  acknowledged: number
  received: number
  refused: number
  perSecond: number
  ackMs: Spread
  receivedMs: Spread
  /** CPU seconds of the load generator. */
  cpu: number
}
export interface Spread {
  p50: number
  p99: number
  max: number
}

/** Texts of 20 characters or more that say which message they are; when each was sent, and how long each took to arrive. */
export class Texts {
  received = 0
  receivedMs: number[] = []
  private next = 1
  private readonly sentAt = new Map<number, number>()

  write(): { id: number; text: string; at: number } {
    const id = this.next++
    const at = performance.now()
    this.sentAt.set(id, at)
    return { id, at, text: `${id.toString(36)} and how are you?` }
  }

  read(text: string): void {
    this.received++
    const id = Number.parseInt(text, 36)
    const at = this.sentAt.get(id)
    if (at === undefined) return
    this.sentAt.delete(id)
    this.receivedMs.push(performance.now() - at)
  }

  reset(): void {
    this.received = 0
    this.receivedMs = []
    this.sentAt.clear()
  }
}

/** Runs one round: `send` sends one message and calls back when it is acknowledged or refused. */
export async function drive(
  round: LoadRound,
  texts: Texts,
  send: (done: (failed: boolean) => void) => void,
): Promise<LoadResult> {
  const { seconds, inFlight, rate } = round
  const ackMs: number[] = []
  let refused = 0
  let open = 0
  texts.reset()
  const cpu = process.cpuUsage()
  const from = performance.now()
  const until = from + seconds * 1000
  const one = (): void => {
    const at = performance.now()
    open++
    send((failed) => {
      open--
      if (failed) refused++
      else ackMs.push(performance.now() - at)
      if (rate === null && performance.now() < until) one()
    })
  }
  if (rate === null) for (let i = 0; i < inFlight; i++) one()
  else {
    let sent = 0
    while (performance.now() < until) {
      const due = Math.min(Math.floor(((performance.now() - from) / 1000) * rate), sent + inFlight - open)
      for (; sent < due; sent++) one()
      await sleep(2)
    }
  }
  while (open > 0 || performance.now() < until) await sleep(5)
  const took = (performance.now() - from) / 1000
  for (let i = 0; i < 100 && texts.received < ackMs.length; i++) await sleep(50)
  const used = process.cpuUsage(cpu)
  return {
    acknowledged: ackMs.length,
    received: texts.received,
    refused,
    perSecond: ackMs.length / took,
    ackMs: spread(ackMs),
    receivedMs: spread(texts.receivedMs),
    cpu: (used.user + used.system) / 1e6,
  }
}

const spread = (values: number[]): Spread => ({
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
  max: values.reduce((most, value) => Math.max(most, value), 0),
})

/** Makes this process a load generator: prepares, then runs rounds, as its parent says. */
export function serveLoad<Plan>(
  prepare: (plan: Plan) => Promise<void>,
  run: (round: LoadRound) => Promise<LoadResult>,
): void {
  process.on("message", (message: { prepare?: Plan; run?: LoadRound }) => {
    const work = message.prepare ? prepare(message.prepare) : run(message.run as LoadRound)
    work.then(
      (result) => process.send?.({ done: result ?? null }),
      (error: Error) => process.send?.({ failed: error.message }),
    )
  })
  process.on("disconnect", () => process.exit(0))
  process.send?.({ started: "load" })
}
