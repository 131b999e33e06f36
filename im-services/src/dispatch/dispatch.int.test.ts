import { startMixed } from "@ossagent/svrkit"
import { pino } from "pino"
import { afterEach, expect, it } from "vitest"
import { createDispatchClient } from "./generated/dispatch.client.ts"
import { DISPATCH } from "./generated/dispatch.table.ts"
import { dispatch } from "./service.ts"

const KEY = "an-app-key-for-tests"
let stop = async (): Promise<void> => undefined
afterEach(() => stop())

async function start(env: Record<string, string> = {}) {
  const started = await startMixed(
    [dispatch],
    { OSSAGENT_IM_APP_KEY: KEY, OSSAGENT_RPC_TOKEN: "a-token-that-services-share", ...env },
    pino({ level: "silent" }),
  )
  stop = started.stop
  const [running] = started.running as [(typeof started.running)[0]]
  const client = createDispatchClient(running.context.rpc.channel(DISPATCH, []))
  const ask = (headers: Record<string, string> = { "x-app-key": KEY }, method = "GET") =>
    fetch(`${running.url}/v1/access?region=eu`, { headers, method })
  return { client, ask }
}

const report = { run: "r", tcp: "h:1", ws: "ws://h:2/chat", region: "eu", connections: 1, capacity: 10 }

it("an access that reports is named to those who show the app key, with what clients should keep to", async () => {
  const { client, ask } = await start()
  const none = await ask()
  expect([none.status, none.headers.get("retry-after")]).toEqual([503, "2"])
  await client.report(report)
  const found = await ask()
  expect(found.status).toBe(200)
  expect(await found.json()).toEqual({
    addresses: [{ tcp: "h:1", ws: "ws://h:2/chat", region: "eu" }],
    client: { heartbeatMinSec: 210, heartbeatMaxSec: 600 },
  })
  expect((await ask({})).status).toBe(403)
  expect((await ask({ "x-app-key": "another" })).status).toBe(403)
})

it("pages of known origins may ask, others may not", async () => {
  const { ask } = await start()
  const headers = { origin: "http://127.0.0.1:7070", "access-control-request-headers": "x-app-key" }
  const known = await ask(headers, "OPTIONS")
  expect([known.status, known.headers.get("access-control-allow-origin")]).toEqual([204, "http://127.0.0.1:7070"])
  const foreign = await ask({ origin: "https://evil.example" }, "OPTIONS")
  expect(foreign.headers.get("access-control-allow-origin")).toBe(null)
})

it("whoever asks too often is told to wait", async () => {
  const { client, ask } = await start({ OSSAGENT_DISPATCH_ASKS_PER_MIN: "5" })
  await client.report(report)
  const answers = await Promise.all(Array.from({ length: 7 }, () => ask()))
  expect(answers.filter(({ status }) => status === 429).length).toBe(2)
  expect(answers.filter(({ status }) => status === 200).length).toBe(5)
})
