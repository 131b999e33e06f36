import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { createAgent } from "@ossagent/agent"
import type { RpcDoor } from "@ossagent/svrkit"
import { Channel, type ChannelSettings } from "@ossagent/svrkit/rpc"

/** A secret of services in tests. */
export const TOKEN = "a-token-for-tests-only"

export interface Process {
  child: ChildProcess
  port: number
  /** host:port of its calls. */
  target: string
  /** The same process again, after its end. */
  again: () => Promise<Process>
  end: (signal?: NodeJS.Signals) => Promise<void>
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, "close")
  return port
}

/** Starts a built service as a process of its own, and waits until it says that it has started. `name`: its folder. */
export async function startProcess(name: string, env: Record<string, string>, given?: number): Promise<Process> {
  const port = given ?? (await freePort())
  const main = fileURLToPath(new URL(`../../dist/${name}/main.js`, import.meta.url))
  const child = fork(main, {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      OSSAGENT_LOG: "error",
      OSSAGENT_RPC_TOKEN: TOKEN,
      [`${name.toUpperCase()}_RPC_PORT`]: `${port}`,
      ...env,
    },
  })
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  const started = new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve())
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code} before it had started`)))
  })
  const end = async (signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  await started
  return { child, port, target: `127.0.0.1:${port}`, end, again: () => startProcess(name, env, port) }
}

/** Calls of a test, as a service makes them. `stop` ends all connections. */
export function createCaller(settings: Partial<ChannelSettings> = {}): Pick<RpcDoor, "channel"> & { stop: () => void } {
  const channels: Channel[] = []
  const agent = createAgent({
    service: "test",
    collector: "http://127.0.0.1:9",
    key: "0123456789abcdef",
    spool: false,
    builtIn: false,
    flushMs: 60_000,
    onTrouble: () => undefined,
  })
  return {
    channel: (table, targets) => {
      const credential = { name: "test", token: TOKEN }
      const channel = new Channel({
        table,
        targets,
        credential,
        agent,
        settings: { backoffMs: 20, mostBackoffMs: 200, ...settings },
      })
      channels.push(channel)
      return channel
    },
    stop: () => {
      for (const channel of channels) channel.stop()
      void agent.stop(0)
    },
  }
}
