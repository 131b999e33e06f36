/** All services as processes of their own, beside each other, on a PostgreSQL of their own: for tests in which one of them dies. */
import { randomUUID } from "node:crypto"
import { startTestPostgres } from "@ossagent/svrkit/postgres"
import { toLocalEnv } from "../layout.ts"
import { until } from "../until.ts"
import { freePort, type Process, startProcess } from "./processes.ts"

const SERVICES = [
  "datastore",
  "seq",
  "mailbox",
  "spam",
  "auth",
  "social",
  "message",
  "async",
  "guard",
  "dispatch",
] as const
export const GUARD_TOKEN = "a-token-of-the-dashboard"
const SETS = 2

export interface Apart {
  dispatchUrl: string
  appKey: string
  /** By its service; the accesses are access-1 and so on. */
  process: (name: string) => Process
  /** The same process again, after its end. */
  again: (name: string) => Promise<void>
  /** An answer of guard's door. */
  ask: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>
  /** Port of an access's TCP door. */
  tcpPort: (access: number) => number
  stop: () => Promise<void>
}

/** Starts them, `accesses` of access. */
export async function startApart(accesses: number, more: Record<string, string> = {}): Promise<Apart> {
  const postgres = await startTestPostgres()
  const ports = new Map<string, number>()
  const names = [...SERVICES, ...Array.from({ length: accesses }, (_, i) => `access-${i + 1}`)]
  for (const name of [...names, ...names.map((one) => `${one} http`), ...names.map((one) => `${one} tcp`)])
    ports.set(name, await freePort())
  const portOf = (name: string): number => ports.get(name) as number
  const appKey = randomUUID()
  const env = { ...toEnv({ names, portOf, appKey, postgresUrl: postgres.url }), ...more }
  const start = (name: string): Promise<Process> => {
    const own = name.startsWith("access-") ? toAccessEnv(name, portOf) : {}
    return startProcess(name.split("-")[0] as string, { ...env, ...own }, portOf(name))
  }
  const processes = new Map<string, Process>()
  await Promise.all(names.map(async (name) => processes.set(name, await start(name))))
  const guardUrl = `http://127.0.0.1:${portOf("guard http")}`
  const dispatchUrl = `http://127.0.0.1:${portOf("dispatch http")}`
  await ready([guardUrl, `http://127.0.0.1:${portOf("mailbox http")}`], { dispatchUrl, appKey, accesses })
  return {
    ...{ dispatchUrl, appKey, process: (name) => processes.get(name) as Process },
    again: async (name) => void processes.set(name, await start(name)),
    ask: (method, path, body) => ask(`${guardUrl}${path}`, method, body),
    tcpPort: (access) => portOf(`access-${access} tcp`),
    stop: async () => {
      await Promise.all([...processes.values()].map((one) => one.end("SIGKILL")))
      await postgres.stop()
    },
  }
}

interface Plan {
  names: readonly string[]
  portOf: (name: string) => number
  appKey: string
  postgresUrl: string
}

function toEnv({ names, portOf, appKey, postgresUrl }: Plan): Record<string, string> {
  const local = toLocalEnv({
    ...{
      postgresUrl,
      rpcToken: randomUUID(),
      appKey,
      ticketKey: `${randomUUID()}${randomUUID()}`,
      probeKey: randomUUID(),
    },
    ...{ guardToken: GUARD_TOKEN, guardPort: portOf("guard http") },
    ...{ dispatchPort: portOf("dispatch http"), tcpPort: 0, wsPort: 0, origins: [] },
  })
  const targetOf = (name: string): string => `127.0.0.1:${portOf(name)}`
  const accesses = names.filter((name) => name.startsWith("access-")).map(targetOf)
  return {
    ...local,
    ...Object.fromEntries(SERVICES.map((one) => [`OSSAGENT_${one.toUpperCase()}_TARGETS`, targetOf(one)])),
    OSSAGENT_ACCESS_TARGETS: accesses.join(","),
    OSSAGENT_STORES: ["a", "b", "c"].map((engine) => `${engine}=${targetOf("datastore")}`).join(","),
    OSSAGENT_MAILBOX_SETS: Array.from({ length: SETS }, () => targetOf("mailbox")).join(","),
    MAILBOX_HTTP_PORT: `${portOf("mailbox http")}`,
    OSSAGENT_DISPATCH_ASKS_PER_MIN: "100000",
  }
}

const toAccessEnv = (name: string, portOf: Plan["portOf"]): Record<string, string> => ({
  OSSAGENT_ACCESS_ADDRESS: `127.0.0.1:${portOf(name)}`,
  OSSAGENT_IM_TCP_PORT: `${portOf(`${name} tcp`)}`,
})

async function ready(urls: string[], about: { dispatchUrl: string; appKey: string; accesses: number }): Promise<void> {
  for (const url of urls) await until(`${url} is ready`, async () => (await fetch(`${url}/readyz`)).ok, 30_000)
  await until("all accesses are named", async () => {
    const answer = await fetch(`${about.dispatchUrl}/v1/access`, { headers: { "x-app-key": about.appKey } })
    if (!answer.ok) return false
    return ((await answer.json()) as { addresses: unknown[] }).addresses.length === about.accesses
  })
}

async function ask(url: string, method: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const headers = {
    ...{ authorization: `Bearer ${GUARD_TOKEN}`, "x-ossagent-actor": "ada@example.com" },
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  }
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  return { status: answer.status, body: await answer.json() }
}
