import { type ChildProcess, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { Client, credentials } from "@grpc/grpc-js"
import { createAgent } from "@ossagent/agent"
import { Channel, RpcServer } from "@ossagent/svrkit/rpc"
import { pino } from "pino"
import { atLeast, atMost, type Figure, median, quantile, stated } from "../result.ts"
import { createChatClient } from "./generated/chat.client.ts"
import { serveChat } from "./generated/chat.server.ts"
import { CHAT } from "./generated/chat.table.ts"
import { grpcSend } from "./grpc.ts"
import { protobufjsStatic } from "./others.ts"

export const ROUNDS = 9
const ROUND_MS = 1_500
const IN_FLIGHT = 100
const token = randomBytes(16).toString("hex")
const MESSAGE = {
  seq: 1_000_001,
  from: 100_200_300,
  to: 100_200_301,
  clientId: "d1-5001",
  kind: 1,
  sentAt: 1_764_000_000_000,
  text: "see you at eight, 17",
}

type Send = () => Promise<{ seq: number }>
interface Subject {
  send: Send
  stop: () => void
  perSec: number[]
  p50: number[]
  p99: number[]
}
const subject = (send: Send, stop: () => void): Subject => ({ send, stop, perSec: [], p50: [], p99: [] })

async function startServer(kind: "svrkit" | "grpc"): Promise<{ child: ChildProcess; port: number }> {
  const path = fileURLToPath(new URL("server.js", import.meta.url))
  const child = fork(path, [kind], { execArgv: [], env: { ...process.env, BENCH_TOKEN: token } })
  const [{ port }] = (await once(child, "message")) as [{ port: number }]
  return { child, port }
}

const quietAgent = () =>
  createAgent({
    service: "bench",
    collector: "http://127.0.0.1:9",
    key: "unset",
    spool: false,
    onTrouble: () => undefined,
  })

async function svrkit(): Promise<Subject> {
  const { child, port } = await startServer("svrkit")
  const agent = quietAgent()
  const channel = new Channel({
    table: CHAT,
    targets: [`127.0.0.1:${port}`],
    credential: { name: "bench", token },
    agent,
  })
  const client = createChatClient(channel)
  return subject(
    () => client.send(MESSAGE),
    () => {
      channel.stop()
      void agent.stop(0)
      child.kill()
    },
  )
}

function inMemory(): Subject {
  const agent = quietAgent()
  const server = new RpcServer({ credentials: [], log: pino({ level: "silent" }), agent })
  serveChat(server, { send: ({ seq }) => ({ seq: seq + 1 }) })
  const channel = new Channel({ table: CHAT, targets: () => server.dispatcherOf("chat"), agent })
  const client = createChatClient(channel)
  return subject(
    () => client.send(MESSAGE),
    () => {
      channel.stop()
      void agent.stop(0)
    },
  )
}

async function grpc(): Promise<Subject> {
  const { child, port } = await startServer("grpc")
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  const { path, requestSerialize, responseDeserialize } = grpcSend(await protobufjsStatic())
  const send: Send = () =>
    new Promise((resolve, reject) =>
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        MESSAGE,
        { deadline: Date.now() + 5_000 },
        (error, reply) => (error === null ? resolve(reply as { seq: number }) : reject(error)),
      ),
    )
  return subject(send, () => {
    client.close()
    child.kill()
  })
}

/** So many callers, each with one call at a time, for one round. */
async function load(send: Send, inFlight: number, ms: number): Promise<number[]> {
  const took: number[] = []
  const end = performance.now() + ms
  const caller = async (): Promise<void> => {
    for (let from = performance.now(); from < end; ) {
      const { seq } = await send()
      if (seq !== MESSAGE.seq + 1) throw new Error(`wrong answer ${seq}`)
      const now = performance.now()
      took.push(now - from)
      from = now
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  return took
}

async function round(one: Subject, inFlight: number): Promise<void> {
  const from = performance.now()
  const took = await load(one.send, inFlight, ROUND_MS)
  one.perSec.push((took.length / (performance.now() - from)) * 1_000)
  one.p50.push(quantile(took, 0.5))
  one.p99.push(quantile(took, 0.99))
}

/** Calls between two processes, svrkit's and @grpc/grpc-js's in turn. */
export async function callFigures(): Promise<Figure[]> {
  const [ours, theirs, memory] = [await svrkit(), await grpc(), inMemory()]
  const single = { ours: subject(ours.send, ours.stop), theirs: subject(theirs.send, theirs.stop) }
  for (const one of [ours, theirs, memory]) await load(one.send, IN_FLIGHT, 1_000)
  for (let i = 0; i < ROUNDS; i++) {
    for (const one of i % 2 === 0 ? [ours, theirs] : [theirs, ours]) await round(one, IN_FLIGHT)
    for (const one of [single.ours, single.theirs]) await round(one, 1)
    if (i < 3) await round(memory, IN_FLIGHT)
  }
  for (const one of [ours, theirs, memory]) one.stop()
  const ratio = (mine: number[], other: number[]): number =>
    median(mine.map((value, i) => value / (other[i] as number)))
  return [
    stated(`calls/s, ${IN_FLIGHT} in flight, svrkit`, median(ours.perSec), "1/s"),
    stated(`calls/s, ${IN_FLIGHT} in flight, @grpc/grpc-js`, median(theirs.perSec), "1/s"),
    atLeast("calls/s: times as many as @grpc/grpc-js, median of rounds", ratio(ours.perSec, theirs.perSec), "×", 3),
    stated(
      "the same, least of the rounds",
      Math.min(...ours.perSec.map((value, i) => value / (theirs.perSec[i] as number))),
      "×",
    ),
    stated(`p99 at ${IN_FLIGHT} in flight, svrkit`, median(ours.p99), "ms"),
    stated(`p99 at ${IN_FLIGHT} in flight, @grpc/grpc-js`, median(theirs.p99), "ms"),
    atMost("p99: share of @grpc/grpc-js's, median of rounds", ratio(ours.p99, theirs.p99), "×", 1),
    stated("one call at a time, p50, svrkit", median(single.ours.p50), "ms"),
    stated("one call at a time, p50, @grpc/grpc-js", median(single.theirs.p50), "ms"),
    stated("calls/s in memory, mixed in one process", median(memory.perSec), "1/s"),
  ]
}
