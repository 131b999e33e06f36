import { type ChildProcess, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { LOCAL_FLAGS, toLocalEnv } from "@ossagent/im-services/layout"
import { startPostgres } from "@ossagent/svrkit/postgres"
import { Connection } from "./connection.ts"

const ROOT = fileURLToPath(new URL("../../../", import.meta.url))

/** All services of the IM in one process, as `npm start` runs them, and PostgreSQL with its writes flushed. */
export interface ImProduct {
  tcpPort: number
  wsPort: number
  appKey: string
  postgresUrl: string
  child: ChildProcess
  stop: () => Promise<void>
}

export async function startIm(more: Record<string, string> = {}): Promise<ImProduct> {
  const directory = await mkdtemp(join(tmpdir(), "bench-im-"))
  const secret = () => randomBytes(24).toString("base64url")
  const postgres = await startPostgres({
    ...{ dataDir: directory, port: 0, user: "bench", password: secret(), database: "im" },
  })
  const [tcpPort, wsPort, dispatchPort] = (await Promise.all([freePort(), freePort(), freePort()])) as [
    number,
    number,
    number,
  ]
  const appKey = secret()
  const env = {
    ...toLocalEnv({
      ...{ postgresUrl: postgres.url, rpcToken: secret(), appKey, ticketKey: secret() + secret(), probeKey: secret() },
      ...{ dispatchPort, tcpPort, wsPort, origins: ["http://localhost"] },
    }),
    // A load generator is many people at one address.
    OSSAGENT_ACCESS_LOGINS_PER_MIN: "1000000",
    OSSAGENT_ACCESS_REGISTERS_PER_MIN: "1000000",
    OSSAGENT_ACCESS_REQUESTS_PER_SEC: "100000",
    OSSAGENT_IM_THROTTLE: "off",
    PROBE_EVERY_SEC: "0",
    OSSAGENT_LOG: "warn",
    ...more,
  }
  const main = join(ROOT, "im-services/dist/main.js")
  const child = fork(main, { env: { PATH: process.env.PATH, ...env }, execArgv: [...process.execArgv, ...LOCAL_FLAGS] })
  await started(child)
  return {
    ...{ tcpPort, wsPort, appKey, child, postgresUrl: postgres.url },
    stop: async () => {
      const ended = once(child, "exit")
      child.kill("SIGTERM")
      await ended
      await postgres.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Resolves when the process says that it has started; rejects when it ends before. */
export const started = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once("message", () => resolve())
    child.once("exit", (code) => reject(new Error(`a service ended with ${code} before it had started`)))
  })

/** A connection that has said nothing yet. */
export const open = ({ tcpPort, wsPort }: Pick<ImProduct, "tcpPort" | "wsPort">, transport: "tcp" | "ws") =>
  transport === "tcp" ? Connection.open(tcpPort) : Connection.openWs(wsPort)

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

/** CPU seconds of all processes whose command has this name. */
export function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return sum + (Number(fields[11]) + Number(fields[12])) / 100
  }, 0)
}

/** A process that answers `{ done }` to each message. */
export function startWorker(script: string) {
  const child = fork(join(ROOT, `bench/dist/im/${script}.js`), { execArgv: [] })
  const started = once(child, "message")
  return {
    child,
    ask: async <T>(message: object): Promise<T> => {
      await started
      const answered = once(child, "message") as Promise<[{ done?: T; failed?: string }]>
      child.send(message)
      const [{ done, failed }] = await answered
      if (failed !== undefined) throw new Error(failed)
      return done as T
    },
    stop: () => child.kill("SIGKILL"),
  }
}
