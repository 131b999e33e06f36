import { once } from "node:events"
import { type AddressInfo, createServer, type Server } from "node:net"
import type { Agent } from "@ossagent/agent"
import type { Logger } from "pino"
import { type Admission, USERS } from "../admit/admission.ts"
import { Dagor } from "../admit/dagor.ts"
import { LoopDelay } from "../admit/loop-delay.ts"
import type { ServiceTable } from "../codec/index.ts"
import { Dispatcher, type DispatcherLimits } from "./dispatcher.ts"
import { LEAST_TOKEN } from "./handshake.ts"
import type { Handler } from "./server-call.ts"
import { createServerPoints, type ServerPoints } from "./server-points.ts"
import { Session, type SessionHost, type SessionLimits } from "./session.ts"

/** Who may call. */
export interface RpcCredential {
  /** `*`: whatever name the caller gives. */
  name: string
  /** At least 16 characters, random: whoever talks to either side could try guesses on a short one. */
  token: string
}

export interface RpcServerLimits extends SessionLimits, DispatcherLimits {
  mostConnections: number
}

export interface RpcServerOptions {
  credentials: readonly RpcCredential[]
  limits?: Partial<RpcServerLimits>
  log: Logger
  agent: Agent
  /** What is let in under overload; default: DAGOR. Made once for each service. */
  admission?: (now: number) => Admission
}

export const SERVER_LIMITS: RpcServerLimits = {
  mostFrameBytes: 4 * 1024 * 1024,
  mostInFlight: 4_096,
  pauseAtBytes: 1024 * 1024,
  closeAtBytes: 32 * 1024 * 1024,
  stuckMs: 10_000,
  handshakeMs: 5_000,
  mostRunning: 1_024,
  mostQueued: 8_192,
  mostConnections: 10_000,
}

const ANY_NAME = "*"

/** Answers the calls of one or several services, at one port and in memory. */
export class RpcServer {
  readonly limits: RpcServerLimits
  private readonly options: RpcServerOptions
  private readonly tokens: ReadonlyMap<string, string>
  private readonly services = new Map<string, { dispatcher: Dispatcher; points: ServerPoints }>()
  private readonly sessions = new Set<Session>()
  private readonly loop = new LoopDelay()
  private server: Server | null = null
  private troubleAt = 0

  constructor(options: RpcServerOptions) {
    this.options = options
    this.limits = { ...SERVER_LIMITS, ...options.limits }
    for (const { name, token } of options.credentials) {
      if (token.length < LEAST_TOKEN)
        throw new TypeError(`the token of ${name} has less than ${LEAST_TOKEN} characters`)
    }
    this.tokens = new Map(options.credentials.map(({ name, token }) => [name, token]))
  }

  /** Adds a service; `handlers` has one function for each of its methods. */
  serve(table: ServiceTable, handlers: object, agent = this.options.agent): void {
    const points = createServerPoints(
      agent,
      table.methods.map(({ name }) => name),
    )
    const report = (error: unknown): void => agent.exception(error)
    const { log, admission = (now: number) => new Dagor(now) } = this.options
    const { limits, loop } = this
    const deps = { limits, points, log, report, loop, admission: admission(performance.now()) }
    const dispatcher = new Dispatcher(table, handlers as Readonly<Record<string, Handler>>, deps)
    this.services.set(table.name, { dispatcher, points })
    agent.onFlush(() => {
      points.inFlight.set(dispatcher.load)
      points.queued.set(dispatcher.queued)
      points.level.set((dispatcher.level + 1) / USERS)
      points.wait.set(dispatcher.waitMs)
      points.connections.set(this.sessions.size)
    })
  }

  /** For callers in the same process. */
  dispatcherOf(service: string): Dispatcher | undefined {
    return this.services.get(service)?.dispatcher
  }

  /** Listens; answers the port. */
  async listen(port: number, host = "127.0.0.1"): Promise<number> {
    const [first] = this.services.values()
    if (first === undefined) throw new TypeError("cannot listen: no service was added")
    const sessionHost: SessionHost = {
      limits: this.limits,
      tokenOf: (name) => this.tokens.get(name) ?? this.tokens.get(ANY_NAME),
      dispatcherOf: (service) => this.services.get(service),
      points: first.points,
      closed: (session, why) => {
        this.sessions.delete(session)
        first.points.closed.with({ why }).inc()
      },
      trouble: (session, error) => this.trouble(session, error),
    }
    this.server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, (socket) => {
      first.points.accepted.inc()
      this.sessions.add(new Session(socket, sessionHost))
    })
    this.server.maxConnections = this.limits.mostConnections
    this.server.on("drop", () => first.points.closed.with({ why: "too_many" }).inc())
    this.server.listen(port, host)
    await once(this.server, "listening")
    return (this.server.address() as AddressInfo).port
  }

  private trouble(session: Session, error: Error): void {
    const now = Date.now()
    if (now - this.troubleAt < 1_000) return
    this.troubleAt = now
    this.options.log.warn({ peer: session.peer, err: error }, "a connection was closed: its bytes are no frames")
  }

  /** Stops to accept, tells callers to go elsewhere, answers what was asked, and ends; after `deadlineMs` at once. */
  async stop(deadlineMs = 5_000): Promise<void> {
    const closing = this.server === null ? Promise.resolve() : new Promise((resolve) => this.server?.close(resolve))
    for (const session of this.sessions) session.goaway()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs)
    })
    const drained = Promise.all([...this.services.values()].map(({ dispatcher }) => dispatcher.drained()))
    await Promise.race([Promise.all([drained, closing]), late])
    clearTimeout(timer)
    for (const { dispatcher } of this.services.values()) dispatcher.stop()
    this.loop.stop()
    for (const session of [...this.sessions]) session.close()
    await closing
  }
}
