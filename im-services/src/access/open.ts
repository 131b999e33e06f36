import { once } from "node:events"
import type { Server as HttpServer } from "node:http"
import type { AddressInfo, Server } from "node:net"
import type { AccessConfig } from "./config.ts"
import type { Floor } from "./floor.ts"
import type { AccessHost } from "./host.ts"

export interface Doors {
  tcp: Server
  ws: HttpServer
}

/** Where clients come in. */
export interface Places {
  tcp: string
  ws: string
}

/** Clients come back within so long when this access stops. */
const COME_BACK_MS = 5_000
const DRAIN_MS = 3_000
const TOLD_A_STEP = 500

/** Opens both doors. Rejects with the port that is in use. */
export async function listen({ tcp, ws }: Doors, config: AccessConfig & { host: string }): Promise<Places> {
  const open = async (server: Server, port: number): Promise<string> => {
    server.listen({ port, host: config.host, backlog: 4_096 })
    await once(server, "listening")
    return `${config.host}:${(server.address() as AddressInfo).port}`
  }
  const [tcpAt, wsAt] = [await open(tcp, config.tcpPort), await open(ws, config.wsPort)]
  return { tcp: config.publicTcp ?? tcpAt, ws: config.publicWs ?? `ws://${wsAt}/chat` }
}

/** Tells all clients to come back elsewhere, answers what they have asked, and ends their connections. */
export async function drain({ tcp, ws }: Doors, floor: Floor, host: AccessHost): Promise<void> {
  tcp.close()
  ws.close()
  const command = { reconnect: true, waitMs: COME_BACK_MS, why: "this access stops" }
  let told = 0
  for (const session of [...floor.all()]) {
    session.command(command)
    if (++told % TOLD_A_STEP === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const until = Date.now() + DRAIN_MS
  while ([...floor.all()].some(({ busy }) => busy) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  for (const session of [...floor.all()]) session.leave("stopping")
  while (host.leaving.size > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
  for (const session of host.leaving) session.wire.destroy()
  host.watches.stop()
}
