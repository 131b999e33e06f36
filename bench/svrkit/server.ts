/** The benchmark's server, a process of its own: answers Send by svrkit or by @grpc/grpc-js. */
import { Server, ServerCredentials } from "@grpc/grpc-js"
import { createAgent } from "@ossagent/agent"
import { RpcServer } from "@ossagent/svrkit/rpc"
import { pino } from "pino"
import { serveChat } from "./generated/chat.server.ts"
import { grpcSend } from "./grpc.ts"
import { protobufjsStatic } from "./others.ts"

async function startSvrkit(): Promise<number> {
  const agent = createAgent({
    service: "chat",
    collector: "http://127.0.0.1:9",
    key: "unset",
    spool: false,
    onTrouble: () => undefined,
  })
  const log = pino({ level: "silent" })
  const server = new RpcServer({ credentials: [{ name: "bench", token: process.env.BENCH_TOKEN ?? "" }], log, agent })
  serveChat(server, { send: ({ seq }) => ({ seq: seq + 1 }) })
  return server.listen(0)
}

async function startGrpc(): Promise<number> {
  const server = new Server()
  const send = grpcSend(await protobufjsStatic())
  server.addService({ send }, {
    send: (call: { request: { seq: number } }, done: (error: null, reply: object) => void) =>
      done(null, { seq: call.request.seq + 1 }),
  } as never)
  return new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    ),
  )
}

const port = await (process.argv[2] === "grpc" ? startGrpc() : startSvrkit())
process.send?.({ port })
process.on("disconnect", () => process.exit(0))
