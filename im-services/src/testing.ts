/** All services of the IM in this process, on a PostgreSQL of their own: for tests of the whole. */
import { randomUUID } from "node:crypto"
import { startMixed } from "@ossagent/svrkit"
import { startTestPostgres } from "@ossagent/svrkit/postgres"
import { pino } from "pino"
import { type AccessClient, createAccessClient } from "./access/generated/access.client.ts"
import { ACCESS } from "./access/generated/access.table.ts"
import { toLocalEnv } from "./layout.ts"
import { SERVICES } from "./services.ts"
import { until } from "./until.ts"

export const APP_KEY = "an-app-key-for-tests"
/** What tickets of tests are made with. */
export const TICKET_KEY = "a-key-for-tickets-of-tests-0123456789"

export interface RunningIm {
  tcpPort: number
  wsUrl: string
  /** http://… of dispatch. */
  dispatchUrl: string
  postgresUrl: string
  /** Calls any service, in memory. */
  channel: Awaited<ReturnType<typeof startMixed>>["running"][0]["context"]["rpc"]["channel"]
  access: AccessClient
  stop: () => Promise<void>
}

/** Starts all services, or those given; `postgresUrl` of an earlier one goes on with what it has. */
export async function startIm(
  env: Record<string, string> = {},
  postgresUrl?: string,
  services = SERVICES,
): Promise<RunningIm> {
  const postgres = postgresUrl === undefined ? await startTestPostgres() : null
  const url = postgresUrl ?? (postgres as NonNullable<typeof postgres>).url
  const plan = {
    ...{
      postgresUrl: url,
      rpcToken: randomUUID(),
      appKey: APP_KEY,
      ticketKey: TICKET_KEY,
      probeKey: "a-key-for-probe-users",
    },
    ...{ dispatchPort: 0, tcpPort: 0, wsPort: 0, origins: ["http://localhost"] },
  }
  const { running, stop } = await startMixed(
    services,
    {
      ...toLocalEnv(plan),
      PROBE_EVERY_SEC: "0",
      // A test does in a minute what people do in a day.
      OSSAGENT_IM_THROTTLE: "off",
      OSSAGENT_ACCESS_LOGINS_PER_MIN: "100000",
      OSSAGENT_ACCESS_REGISTERS_PER_MIN: "100000",
      ...env,
    },
    pino({ level: "silent" }),
  )
  const first = running[0] as NonNullable<(typeof running)[0]>
  const urlOf = (name: string) =>
    running.find(({ context }) => context.agent.settings.subsystem === name)?.url as string
  await until("the SETs are served", async () => (await fetch(`${urlOf("mailbox")}/readyz`)).ok)
  const places = await readPlaces(urlOf("dispatch"))
  return {
    ...{
      tcpPort: Number(places.tcp.split(":")[1]),
      wsUrl: places.ws,
      dispatchUrl: urlOf("dispatch"),
      postgresUrl: url,
    },
    channel: first.context.rpc.channel,
    access: createAccessClient(first.context.rpc.channel(ACCESS, [])),
    stop: async () => {
      await stop()
      await postgres?.stop()
    },
  }
}

/** Where clients are sent, as soon as access has said that it is there. */
async function readPlaces(dispatchUrl: string): Promise<{ tcp: string; ws: string }> {
  const headers = { "x-app-key": APP_KEY }
  return until("dispatch names an access", async () => {
    const answer = await fetch(`${dispatchUrl}/v1/access`, { headers })
    if (!answer.ok) return null
    const { addresses } = (await answer.json()) as { addresses: { tcp: string; ws: string }[] }
    return addresses[0] ?? null
  })
}
