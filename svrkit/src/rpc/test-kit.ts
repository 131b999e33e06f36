import { connect, createServer, type Server, type Socket } from "node:net"
import { createAgent } from "@ossagent/agent"
import { pino } from "pino"
import type { Method } from "../codec/index.ts"
import { parseService } from "../describe/service.ts"
import { compileTable } from "../generate/compile.ts"
import { Channel, type ChannelOptions } from "./channel.ts"
import { RpcError } from "./errors.ts"
import { RpcServer, type RpcServerLimits, type RpcServerOptions } from "./server.ts"
import type { ServerCall } from "./server-call.ts"

export const CREDENTIAL = { name: "test", token: "a-test-token-of-some-length" }

export const ECHO = compileTable(
  parseService(
    "echo.xml",
    `<service xmlns="urn:ossagent:svrkit:1" name="echo">
  <type name="Text">
    <field tag="1" name="text" type="string"/>
    <field tag="2" name="waitMs" type="uint32"/>
    <field tag="3" name="bytes" type="bytes"/>
  </type>
  <error code="sold_out" doc="Nothing is left."/>
  <error code="try_again" retry="true" doc="Later."/>
  <method name="Say" number="1" request="Text" reply="Text" idempotent="true" priority="7"/>
  <method name="Once" number="2" request="Text" reply="Text"/>
</service>`,
  ),
)
const [say, once] = ECHO.methods as [Method, Method]
export const SAY = say as Method<Text, Partial<Text>, Text, Partial<Text>>
export const ONCE = once as typeof SAY
export interface Text {
  text: string
  waitMs: number
  bytes: Uint8Array
}

export const quietAgent = (collector = "http://127.0.0.1:9") =>
  createAgent({
    service: "test",
    collector,
    key: "0123456789abcdef",
    spool: false,
    builtIn: false,
    flushMs: 60_000,
    onTrouble: () => undefined,
  })

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener("abort", () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })

/** A server whose functions answer what they are asked, wait as they are asked, and keep what they saw. */
export async function startEcho(
  name = "a",
  limits: Partial<RpcServerLimits> = {},
  port = 0,
  collector?: string,
  admission?: RpcServerOptions["admission"],
) {
  const agent = quietAgent(collector)
  const log = pino({ level: "silent" })
  const more = admission === undefined ? {} : { admission }
  const server = new RpcServer({ credentials: [CREDENTIAL], limits, log, agent, ...more })
  const seen: { text: string; call: ServerCall }[] = []
  const aborted: string[] = []
  const echo = async (request: Text, call: ServerCall): Promise<Partial<Text>> => {
    seen.push({ text: request.text, call })
    if (request.text === "sold out") throw new RpcError("sold_out", "cannot sell: none is left")
    if (request.text === "again") throw new RpcError("try_again", "later")
    if (request.text === "bug") throw new Error("password=hunter2")
    if (request.text === "bad reply") return { text: 5 as never }
    if (request.text === "big reply") return { bytes: new Uint8Array(10_000_000) }
    if (request.waitMs > 0) {
      await sleep(request.waitMs, call.signal).catch((why: RpcError) => {
        aborted.push(`${request.text}: ${why.code}`)
        throw why
      })
    }
    return { text: `${name} ${request.text}`, bytes: request.bytes }
  }
  server.serve(ECHO, { say: echo, once: echo })
  const at = await server.listen(port)
  return { server, seen, aborted, port: at, address: `127.0.0.1:${at}`, agent }
}

export function startChannel(targets: ChannelOptions["targets"], more: Partial<ChannelOptions> = {}) {
  const troubles: string[] = []
  const agent = more.agent ?? quietAgent()
  const channel = new Channel({
    table: ECHO,
    targets,
    credential: CREDENTIAL,
    agent,
    onTrouble: (message) => troubles.push(message),
    ...more,
    settings: { backoffMs: 20, mostBackoffMs: 200, ...more.settings },
  })
  return { channel, troubles, agent }
}

/** A relay between a client and a server that a test may bend: it sees each piece and says what goes on. */
export async function startRelay(
  to: number,
  bend: { toServer?: (bytes: Buffer) => Buffer | null; toClient?: (bytes: Buffer) => Buffer | null },
) {
  const sockets: Socket[] = []
  const server: Server = createServer((client) => {
    const target = connect(to, "127.0.0.1")
    sockets.push(client, target)
    const pipe = (from: Socket, into: Socket, through?: (bytes: Buffer) => Buffer | null): void => {
      from.on("data", (bytes: Buffer) => {
        const passed = through === undefined ? bytes : through(bytes)
        if (passed !== null) into.write(passed)
      })
      from.on("error", () => undefined)
      from.on("close", () => into.destroy())
    }
    pipe(client, target, bend.toServer)
    pipe(target, client, bend.toClient)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { port: number }
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return {
    address: `127.0.0.1:${port}`,
    close,
    cut: () => sockets.splice(0).forEach((socket) => void socket.destroy()),
  }
}

export async function until(holds: () => boolean, what: string, forMs = 5_000): Promise<void> {
  const end = Date.now() + forMs
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not within ${forMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const failureOf = (promise: Promise<unknown>): Promise<RpcError> =>
  promise.then(
    (value) => Promise.reject(new Error(`answered: ${JSON.stringify(value)}`)),
    (error) => error as RpcError,
  )
