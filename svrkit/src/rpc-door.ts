import type { Agent } from "@ossagent/agent"
import type { Logger } from "pino"
import type { ServiceTable } from "./codec/index.ts"
import { Channel, type ChannelSettings } from "./rpc/channel.ts"
import { type RpcCredential, RpcServer, type RpcServerLimits } from "./rpc/server.ts"

export interface RpcDoorOptions {
  /** 0 lets the system choose. */
  port: number
  host?: string
  /** Who may call; default: whoever knows the token that services share. */
  credentials?: readonly RpcCredential[]
  limits?: Partial<RpcServerLimits>
}

/** Services that share a process call each other in memory. */
export interface Mixed {
  /** Whose agent watches the process itself. */
  first: string
  names: ReadonlySet<string>
  servers: Map<string, RpcServer>
}

/** A service's calls: those it answers and those it makes. */
export interface RpcDoor {
  /** Adds what this service answers; generated `serveX` calls it. */
  serve: RpcServer["serve"]
  /** A way to another service: in memory where it runs in this process, else to its targets, each `host:port`. */
  channel: (table: ServiceTable, targets: readonly string[], settings?: Partial<ChannelSettings>) => Channel
  listen: (host: string) => Promise<number | null>
  /** Takes no further calls and answers those there are. */
  drain: () => Promise<void>
  /** Ends the ways to other services. */
  stop: () => void
}

interface Parts {
  name: string
  options: RpcDoorOptions | undefined
  token: string | undefined
  log: Logger
  agent: Agent
  mixed: Mixed | undefined
}

export function createRpcDoor({ name, options, token, log, agent, mixed }: Parts): RpcDoor {
  const channels: Channel[] = []
  const credentials = options?.credentials ?? (token === undefined ? [] : [{ name: "*", token }])
  const server = options === undefined ? null : new RpcServer({ credentials, limits: options.limits, log, agent })
  let served = false
  return {
    serve: (table, handlers) => {
      if (server === null) throw new TypeError(`${name} states no rpc door, so it cannot serve ${table.name}`)
      server.serve(table, handlers)
      mixed?.servers.set(table.name, server)
      served = true
    },
    channel: (table, targets, settings = {}) => {
      const local = mixed?.names.has(table.name) ? () => mixed.servers.get(table.name)?.dispatcherOf(table.name) : null
      if (local === null && token === undefined) {
        throw new TypeError(`cannot call ${table.name}: OSSAGENT_RPC_TOKEN is unset, and both sides must know it`)
      }
      const channel = new Channel({
        table,
        targets: local ?? targets,
        credential: { name, token: token ?? "" },
        agent,
        settings,
        onTrouble: (message) => log.warn({ step: "rpc" }, message),
      })
      channels.push(channel)
      return channel
    },
    listen: async (host) => {
      if (server === null || options === undefined) return null
      if (!served) throw new TypeError(`${name} states an rpc door and serves nothing at it`)
      if (credentials.length === 0) log.warn("OSSAGENT_RPC_TOKEN is unset: nobody can call over the network")
      return server.listen(options.port, options.host ?? host)
    },
    drain: async () => server?.stop(),
    stop: () => {
      for (const channel of channels) channel.stop()
    },
  }
}
