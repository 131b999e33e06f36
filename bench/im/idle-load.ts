/** The clients of `im-idle`, a process of its own: devices that come, say nothing, go without a word and come back. */
import { setTimeout as sleep } from "node:timers/promises"
import { CHAT_METHODS, type Page } from "@ossagent/im-client/protocol"
import { createTicketOffice } from "@ossagent/im-services/auth/ticket"
import { quantile } from "../result.ts"
import { type Connection, Refused } from "./connection.ts"
import { open } from "./product.ts"

export interface IdlePlan {
  tcpPort: number
  wsPort: number
  ticketKey: string
  transport: "tcp" | "ws"
  firstUid: number
  devices: number
}

export interface CameBack {
  /** From the first to come until the last is in sync. */
  tookMs: number
  p50Ms: number
  p99Ms: number
  /** Answers that told a client to wait. */
  refused: number
}

interface Device {
  uid: number
  ticket: Uint8Array
  key: Uint8Array
  texts: string[]
  connection: Connection | null
}

type Ask =
  | { prepare: IdlePlan }
  | { come: { count: number; atOnce: number } }
  | { leave: { count: number } }
  | { back: { count: number; withinMs: number } }
  | { texts: { count: number } }

let plan: IdlePlan
let devices: Device[] = []
let refused = 0

/** Comes and is in sync; waits and tries again when it is told to. */
async function enter(device: Device): Promise<void> {
  for (;;) {
    const connection = await open(plan, plan.transport)
    try {
      await hello(device, connection)
      return
    } catch (error) {
      connection.close()
      if (!(error instanceof Refused)) throw error
      refused++
      await sleep(Math.max(200, error.retryAfterMs))
    }
  }
}

async function hello(device: Device, connection: Connection): Promise<void> {
  const { ticket, key } = device
  connection.key = key
  device.connection = connection
  const inSync = new Promise<void>((resolve) => {
    connection.onPage = ({ texts, more }: Page) => {
      device.key = connection.key
      device.texts.push(...texts)
      if (!more) resolve()
    }
  })
  const { behind } = await connection.call(CHAT_METHODS.hello, { ticket, key, version: "8.0.1" })
  if (!behind) return
  connection.sync()
  await inSync
}

function prepare(given: IdlePlan): void {
  plan = given
  const office = createTicketOffice([plan.ticketKey])
  devices = Array.from({ length: plan.devices }, (_, i) => {
    const uid = plan.firstUid + i
    const ticket = office.make(uid, 1, Date.now()).bytes
    return { uid, ticket, key: new Uint8Array(0), texts: [], connection: null }
  })
}

async function come(count: number, atOnce: number): Promise<void> {
  let next = 0
  const one = async (): Promise<void> => {
    while (next < count) await enter(devices[next++] as Device)
  }
  await Promise.all(Array.from({ length: atOnce }, one))
}

async function leave(count: number): Promise<void> {
  for (const { connection } of devices.slice(0, count)) connection?.close()
}

async function back(count: number, withinMs: number): Promise<CameBack> {
  refused = 0
  const from = performance.now()
  const took = await Promise.all(
    devices.slice(0, count).map(async (device, i) => {
      await sleep((i * withinMs) / count)
      const at = performance.now()
      await enter(device)
      return performance.now() - at
    }),
  )
  return { tookMs: performance.now() - from, p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99), refused }
}

async function answer(ask: Ask): Promise<unknown> {
  if ("prepare" in ask) return prepare(ask.prepare)
  if ("come" in ask) return come(ask.come.count, ask.come.atOnce)
  if ("leave" in ask) return leave(ask.leave.count)
  if ("back" in ask) return back(ask.back.count, ask.back.withinMs)
  return devices.slice(0, ask.texts.count).map(({ texts }) => texts)
}

process.on("message", (ask: Ask) => {
  answer(ask).then(
    (done) => process.send?.({ done: done ?? null }),
    (error: Error) => process.send?.({ failed: error.stack }),
  )
})
process.on("disconnect", () => process.exit(0))
process.send?.({ started: "idle-load" })
