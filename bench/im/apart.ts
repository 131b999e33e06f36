import { type ChildProcess, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { createAccessClient } from "@ossagent/im-services/access/generated/access.client"
import { ACCESS } from "@ossagent/im-services/access/generated/access.table"
import { toLocalEnv } from "@ossagent/im-services/layout"
import { createMailboxRoute, type MailboxRoute } from "@ossagent/im-services/mailbox/route"
import { createCaller, TOKEN } from "@ossagent/im-services/testing/processes"
import { startPostgres } from "@ossagent/svrkit/postgres"
import { freePort, started } from "./product.ts"

const ROOT = fileURLToPath(new URL("../../../", import.meta.url))
const APART = ["auth", "message", "social", "dispatch", "mailbox"] as const

export interface Access {
  /** Of its process, after a collection. */
  memory: () => Promise<NodeJS.MemoryUsage>
  /** Devices that are logged in. */
  count: () => Promise<number>
  end: () => Promise<void>
}

/** Access in a process of its own, all other services in another. */
export interface ImApart {
  tcpPort: number
  wsPort: number
  ticketKey: string
  /** For what a benchmark writes into mailboxes itself. */
  mailboxes: MailboxRoute
  startAccess: () => Promise<Access>
  stop: () => Promise<void>
}

export async function startImApart(): Promise<ImApart> {
  const dataDir = await mkdtemp(join(tmpdir(), "bench-im-apart-"))
  const secret = () => randomBytes(24).toString("base64url")
  const postgres = await startPostgres({ dataDir, port: 0, user: "bench", password: secret(), database: "im" })
  const ports = new Map<string, number>()
  for (const name of ["tcp", "ws", "http", "access", ...APART]) ports.set(name, await freePort())
  const at = (name: string): string => `127.0.0.1:${ports.get(name)}`
  const [tcpPort, wsPort, dispatchPort] = ["tcp", "ws", "http"].map((name) => ports.get(name)) as [
    number,
    number,
    number,
  ]
  const ticketKey = secret() + secret()
  const sets = `${at("mailbox")},${at("mailbox")}`
  const env: Record<string, string> = {
    ...toLocalEnv({
      ...{ postgresUrl: postgres.url, rpcToken: TOKEN, appKey: secret(), ticketKey, probeKey: secret() },
      ...{ dispatchPort, tcpPort, wsPort, origins: ["http://localhost"] },
    }),
    OSSAGENT_MAILBOX_SETS: sets,
    OSSAGENT_ACCESS_ADDRESS: at("access"),
    OSSAGENT_LOG: "error",
    PROBE_EVERY_SEC: "0",
  }
  for (const name of ["access", ...APART]) {
    env[`${name.toUpperCase()}_RPC_PORT`] = String(ports.get(name))
    env[`OSSAGENT_${name.toUpperCase()}_TARGETS`] = at(name)
  }
  const rest = await start("bench/dist/im/rest.js", env, [])
  const caller = createCaller()
  return {
    ...{ tcpPort, wsPort, ticketKey },
    mailboxes: createMailboxRoute(caller, sets.split(",")),
    startAccess: async () => {
      const probe = ["--expose-gc", "--import", join(ROOT, "bench/dist/im/memory-probe.js")]
      const child = await start("im-services/dist/access/main.js", env, probe)
      const inside = createAccessClient(caller.channel(ACCESS, [at("access")]))
      const count = async (): Promise<number> => (await inside.count({})).count
      return { count, memory: () => readMemory(child), end: () => end(child) }
    },
    stop: async () => {
      caller.stop()
      await end(rest)
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function start(script: string, env: Record<string, string>, execArgv: string[]): Promise<ChildProcess> {
  const child = fork(join(ROOT, script), { execArgv, env: { PATH: process.env.PATH, ...env } })
  await started(child)
  return child
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit")
  child.kill("SIGTERM")
  await ended
}

async function readMemory(child: ChildProcess): Promise<NodeJS.MemoryUsage> {
  const answered = once(child, "message") as Promise<[{ memory: NodeJS.MemoryUsage }]>
  child.send({ memory: true })
  return (await answered)[0].memory
}
