/**
 * The load generator, a process of its own: people who write to each other, each message of 20 characters or more. Answers on IPC.
 *
 * `max`: as many as are answered with so many under way. `rate`: so many a second, whatever is answered. Received counts when the receiver
 * has synced it.
 */
import { CHAT_METHODS, type Page } from "@ossagent/im-client/protocol"
import { quantile } from "../result.ts"
import { befriend, createPeople, type Door, type Person } from "./people.ts"

export interface LoadPlan extends Door {
  people: number
  friends: number
}
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
  ackMs: { p50: number; p99: number; max: number }
  receivedMs: { p50: number; p99: number; max: number }
  /** CPU seconds of this process. */
  cpu: number
  syncs: number
}

let people: Person[] = []
let pairs: [Person, Person][] = []
let nextId = 1
let receivedMs: number[] = []
let received = 0
/** When a message was sent, by its client id, which its text begins with. */
const sentAt = new Map<number, number>()

function onPage(uid: number): (page: Page) => void {
  return (page) => {
    const now = performance.now()
    page.texts.forEach((text, i) => {
      const talker = page.talkers[page.talkerOf[i] ?? 0]
      if (talker === undefined || talker.from === uid) return // one's own
      received++
      const at = sentAt.get(Number.parseInt(text, 36))
      if (at === undefined) return
      sentAt.delete(Number.parseInt(text, 36))
      receivedMs.push(now - at)
    })
  }
}

async function prepare(plan: LoadPlan): Promise<void> {
  people = await createPeople(plan, plan.people, `load${process.pid}`)
  pairs = await befriend(people, plan.friends)
  for (const { connection, uid } of people) connection.onPage = onPage(uid)
}

async function run({ seconds, inFlight, rate }: LoadRound): Promise<LoadResult> {
  const ackMs: number[] = []
  let refused = 0
  let open = 0
  let resolveIdle: (() => void) | null = null
  receivedMs = []
  received = 0
  const cpu = process.cpuUsage()
  const syncsBefore = people.reduce((sum, { connection }) => sum + connection.syncs, 0)
  const from = performance.now()
  const until = from + seconds * 1000
  const send = (): void => {
    const [a, b] = pairs[Math.floor(Math.random() * pairs.length)] as [Person, Person]
    const clientId = nextId++
    const at = performance.now()
    const text = `${clientId.toString(36)} and how are you?`
    sentAt.set(clientId, at)
    open++
    a.connection.request(CHAT_METHODS.send, { chat: b.uid, clientId, text }, (_body, failed) => {
      open--
      if (failed) refused++
      else ackMs.push(performance.now() - at)
      if (rate === null && performance.now() < until) send()
      else if (open === 0) resolveIdle?.()
    })
  }
  if (rate === null) for (let i = 0; i < inFlight; i++) send()
  else {
    let sent = 0
    while (performance.now() < until) {
      const due = Math.min(Math.floor(((performance.now() - from) / 1000) * rate), sent + inFlight - open)
      for (; sent < due; sent++) send()
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  if (open > 0)
    await new Promise<void>((resolve) => {
      resolveIdle = resolve
    })
  const took = (performance.now() - from) / 1000
  for (let i = 0; i < 100 && received < ackMs.length; i++) await new Promise((resolve) => setTimeout(resolve, 50))
  const used = process.cpuUsage(cpu)
  return {
    acknowledged: ackMs.length,
    received,
    refused,
    perSecond: ackMs.length / took,
    ackMs: spread(ackMs),
    receivedMs: spread(receivedMs),
    cpu: (used.user + used.system) / 1e6,
    syncs: people.reduce((sum, { connection }) => sum + connection.syncs, 0) - syncsBefore,
  }
}

const spread = (values: number[]) => ({
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
  max: values.reduce((most, value) => Math.max(most, value), 0),
})

process.on("message", (message: { prepare?: LoadPlan; run?: LoadRound }) => {
  const work = message.prepare ? prepare(message.prepare) : run(message.run as LoadRound)
  work.then(
    (result) => process.send?.({ done: result ?? null }),
    (error: Error) => process.send?.({ failed: error.message }),
  )
})
process.on("disconnect", () => process.exit(0))
process.send?.({ started: "load" })
