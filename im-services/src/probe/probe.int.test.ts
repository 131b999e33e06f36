import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { startTestPostgres } from "@ossagent/svrkit/postgres"
import { decodeFrame, decodeNames, SECTION } from "@ossagent/wire"
import pg from "pg"
import { pino } from "pino"
import { afterAll, beforeAll, expect, it } from "vitest"
import { createMailboxClient } from "../mailbox/generated/mailbox.client.ts"
import { MAILBOX } from "../mailbox/generated/mailbox.table.ts"
import { freePort, TOKEN } from "../testing/processes.ts"
import { APP_KEY, type RunningIm, startIm } from "../testing.ts"
import { until } from "../until.ts"
import { probe } from "./service.ts"

/** Series that reached the collector: metric, version, labels. */
const series = new Set<string>()
const sink = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    for (const { type, body } of decodeFrame(Buffer.concat(chunks)).sections) {
      if (type !== SECTION.names) continue
      for (const one of decodeNames(body)) {
        const { metric, version, labels } = one.series
        const sorted = Object.entries(labels)
          .sort()
          .map(([name, value]) => `${name}=${value}`)
        series.add([metric, version, ...sorted].join(" "))
      }
    }
    response.end(JSON.stringify({ accepted: 1, now: Date.now() }))
  })
})
let postgres: Awaited<ReturnType<typeof startTestPostgres>>
let im: RunningIm
let running: Awaited<ReturnType<typeof probe.start>>
let env: Record<string, string>
beforeAll(async () => {
  postgres = await startTestPostgres()
  await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve))
  const [dispatch, tcp, ws] = [await freePort(), await freePort(), await freePort()]
  env = {
    OSSAGENT_COLLECTOR: `http://127.0.0.1:${(sink.address() as AddressInfo).port}`,
    OSSAGENT_KEY: "a-key-for-metrics-of-tests",
    DISPATCH_HTTP_PORT: `${dispatch}`,
    OSSAGENT_IM_TCP_PORT: `${tcp}`,
    OSSAGENT_IM_WS_PORT: `${ws}`,
  }
  im = await startIm(env, postgres.url)
  running = await probe.start(
    {
      ...env,
      ...{ OSSAGENT_IM_DISPATCH_URL: `http://127.0.0.1:${dispatch}`, OSSAGENT_IM_APP_KEY: APP_KEY },
      ...{ OSSAGENT_RPC_TOKEN: TOKEN, PROBE_KEY: "a-key-for-probe-users" },
      ...{ PROBE_EVERY_SEC: "1", PROBE_PAIRS: "1", OSSAGENT_VERSION: "9.9.9" },
    },
    pino({ level: "silent" }),
  )
})
afterAll(async () => {
  await running.stop()
  await im.stop()
  await postgres.stop()
  sink.close()
})

const readMessages = async (): Promise<{ uid: number; count: number }[]> => {
  const pool = new pg.Pool({ connectionString: postgres.url, max: 1 })
  try {
    const { rows } = await pool.query<{ uid: number; count: number }>(
      `SELECT uid::float8 AS uid, count(*)::float8 AS count
       FROM (SELECT uid FROM mailbox_0.message UNION ALL SELECT uid FROM mailbox_1.message) m GROUP BY uid`,
    )
    return rows
  } finally {
    await pool.end()
  }
}

it("probe users register, become friends, write both ways over TCP and WebSocket, and tell how long that took", async () => {
  const wanted = ["from=tcp outcome=arrived to=ws", "from=ws outcome=arrived to=tcp"].map(
    (labels) => `im.probe.messages 9.9.9 ${labels}`,
  )
  await until("both ways arrive", () => wanted.every((one) => series.has(one)))
  for (const metric of [
    "im.probe.accepted 9.9.9 from=tcp to=ws",
    "im.probe.delivery 9.9.9 from=ws to=tcp",
    "im.probe.login 9.9.9 transport=ws",
  ])
    expect([...series]).toContain(metric)
  expect((await fetch(`${running.url}/readyz`)).status).toBe(200)
})

it("their client version stands in every segment of the way, and in the buckets", async () => {
  const segments = ["client_access", "access", "message", "mailbox", "notify", "synced"]
  const wanted = [...segments.map((name) => `im.segment.${name} probe`), "im.delivery probe"]
  await until("all segments are told", () => wanted.every((one) => series.has(one)))
  expect([...series].some((one) => /^im\.delivery\.within probe bucket=(0-1s|1-3s|3-10s)$/.test(one))).toBe(true)
})

it("what they wrote long ago is put away, and they go on", async () => {
  const mailbox = createMailboxClient(im.channel(MAILBOX, []))
  const uid = await until("two messages each", async () => {
    const rows = await readMessages()
    return rows.length === 2 && rows.every(({ count }) => count > 3) && rows[0]?.uid
  })
  expect((await mailbox.trim({ uid, upTo: Number.MAX_SAFE_INTEGER })).removed).toBeGreaterThan(2)
  const { count = 0 } = (await readMessages()).find((row) => row.uid === uid) ?? {}
  expect(count).toBeGreaterThan(0)
  await until(
    "more arrive",
    async () => ((await readMessages()).find((row) => row.uid === uid)?.count ?? 0) > count + 1,
  )
})

it("while the IM is away its messages count as unsent; when it is back they arrive, by the same accounts", async () => {
  const uids = (await readMessages()).map(({ uid }) => uid).sort()
  await im.stop()
  await until("unsent is told", () => series.has("im.probe.messages 9.9.9 from=tcp outcome=unsent to=ws"))
  im = await startIm(env, postgres.url)
  const before = (await readMessages()).reduce((sum, { count }) => sum + count, 0)
  await until("more arrive", async () => (await readMessages()).reduce((sum, { count }) => sum + count, 0) > before + 2)
  expect((await readMessages()).map(({ uid }) => uid).sort()).toEqual(uids)
})
