import { createHmac } from "node:crypto"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import type { RunningService } from "@ossagent/svrkit"
import { pino } from "pino"
import { afterEach, beforeEach, expect, test } from "vitest"
import { until } from "../testing.ts"
import { deadman } from "./app.ts"
import type { CONFIG } from "./config.ts"
import type { Pulse } from "./pulse.ts"

const token = "alerting-token-0123456789"
const secret = "webhook-secret-0123456789"

interface Taken {
  body: { kind: string; title: string }
  signed: boolean
}

let alerting: Server
let hook: Server
let taken: Taken[]
let refusals: number
let pulse: Pulse | null
let running: RunningService<typeof CONFIG>

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeEach(async () => {
  taken = []
  refusals = 0
  pulse = { now: Date.now(), lookedAt: Date.now(), oldestMessageAt: null }
  alerting = createServer((request, response) => {
    const known = request.headers.authorization === `Bearer ${token}` && request.url === "/v1/pulse"
    response.writeHead(known && pulse ? 200 : 503).end(JSON.stringify(pulse))
  })
  hook = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk) => chunks.push(chunk))
    request.on("end", () => {
      if (refusals-- > 0) return response.writeHead(503).end()
      const text = Buffer.concat(chunks).toString()
      const [, t, v1] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(String(request.headers["x-ossagent-signature"])) ?? []
      const signed = v1 === createHmac("sha256", secret).update(`${t}.${text}`).digest("hex")
      taken.push({ body: JSON.parse(text), signed })
      return response.writeHead(200).end()
    })
  })
  running = await deadman.start(
    {
      OSSAGENT_DEADMAN_PORT: "0",
      OSSAGENT_ALERTING_URL: await listen(alerting),
      OSSAGENT_ALERTING_TOKEN: token,
      OSSAGENT_DEADMAN_WEBHOOK: await listen(hook),
      OSSAGENT_DEADMAN_SECRET: secret,
      OSSAGENT_DEADMAN_AFTER_SEC: "1",
      OSSAGENT_WEBHOOK_ALLOW_PRIVATE: "true",
    },
    pino({ level: "silent" }),
  )
})
afterEach(async () => {
  await running.stop()
  for (const server of [alerting, hook]) server.closeAllConnections()
  for (const server of [alerting, hook]) server.close()
})

test("alerting that does not answer is told by a signed webhook, also one that is busy at first, and its return once", async () => {
  pulse = null
  refusals = 1
  await until("told", () => taken.length === 1, 25_000)
  expect(taken[0]).toMatchObject({
    signed: true,
    body: { kind: "silent-alerting", title: "Alerting is silent: no alerting process answers" },
  })
  pulse = { now: 0, lookedAt: 0, oldestMessageAt: null }
  await until("over", () => taken.length === 2, 15_000)
  expect(taken[1]).toMatchObject({ signed: true, body: { kind: "resolved", title: "Alerting is well again" } })
}, 60_000)
