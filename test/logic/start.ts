import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { join } from "node:path"
import { ROOT } from "../stack.ts"

export const RPC_TOKEN = "a-token-that-services-share"

export interface RunningGreeter {
  target: string
  child: ChildProcess
  stop: () => Promise<void>
}

/** The greeter as a process; `env` says where its logic, its collector and its alerting service are. */
export async function startGreeter(env: Record<string, string>): Promise<RunningGreeter> {
  const port = await freePort()
  const child = fork(join(ROOT, "test/dist/logic/service.js"), {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, OSSAGENT_RPC_TOKEN: RPC_TOKEN, GREETER_RPC_PORT: String(port), ...env },
  })
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the greeter did not start")))
  await Promise.race([once(child, "message"), ended])
  ended.catch(() => undefined) // it ends when it is told to
  return {
    target: `127.0.0.1:${port}`,
    child,
    stop: async () => {
      const gone = once(child, "exit")
      child.kill("SIGTERM")
      await gone
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, "close")
  return port
}
