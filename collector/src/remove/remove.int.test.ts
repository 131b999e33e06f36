import { afterAll, beforeAll, expect, it } from "vitest"
import { startTestEngine, type TestEngine } from "../engine/testing.ts"
import { ask, READ_TOKEN, REMOVE_TOKEN, startTestCollector, testAgent } from "../testing.ts"

let engine: TestEngine
let collector: Awaited<ReturnType<typeof startTestCollector>>
beforeAll(async () => {
  engine = await startTestEngine()
  collector = await startTestCollector(engine)
})
afterAll(async () => {
  await collector?.stop()
  await engine?.stop()
})

async function remove(question: object, token = REMOVE_TOKEN) {
  const answer = await fetch(`${collector.url}/v1/remove`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(question),
  })
  return { status: answer.status, body: await answer.json() }
}

/** A service of that name has emitted a metric, an event and an error. */
async function emit(service: string, version: string): Promise<void> {
  const agent = testAgent(collector.url, { service, version })
  agent.counter("paid").inc(3)
  agent.event("order.paid", "ada")
  agent.exception(new Error("no stock"))
  await agent.stop()
}

const lately = () => ({ from: Date.now() - 60_000, to: Date.now() + 60_000 })
const paid = async () => {
  const asked = {
    metric: "paid",
    ...lately(),
    stats: ["sum" as const],
    split: ["service" as const, "version" as const],
  }
  return (await ask(collector.url, "range", asked)).series
    .map(({ group }) => `${group.service} ${group.version}`)
    .sort()
}
const services = async () =>
  [...new Set((await ask(collector.url, "catalog", {})).entries.map((one) => one.service))].sort()

it("what a simulated service sent goes from every report, and nothing of others does", async () => {
  await emit("demo-shop", "1.0")
  await emit("shop", "1.0")
  const { status, body } = await remove({ service: "demo-shop" })
  expect({ status, body }).toMatchObject({
    status: 200,
    body: {
      removed: { points_1s: expect.any(Number), series: expect.any(Number), events: 1, exceptions: 1 },
      stillSent: 0,
    },
  })
  expect(await paid()).toEqual(["shop 1.0"])
  expect(await services()).toEqual(["shop"])
  expect((await ask(collector.url, "exceptions", { ...lately(), steps: 1 })).rows.map((row) => row.service)).toEqual([
    "shop",
  ])
  expect((await ask(collector.url, "events", lately())).services).toEqual(["shop"])
  expect((await remove({ service: "demo-shop" })).body).toMatchObject({ removed: {} })
})

it("a simulated client version goes from the service that told of it; sent again, it is there again", async () => {
  await emit("im", "8.0.0-demo")
  await emit("im", "8.0.0")
  expect((await remove({ version: "8.0.0-demo" })).status).toBe(200)
  expect(await paid()).toEqual(["im 8.0.0", "shop 1.0"])
  await emit("im", "8.0.0-demo")
  expect(await paid()).toEqual(["im 8.0.0", "im 8.0.0-demo", "shop 1.0"])
})

it("nothing goes by a name that does not mark it as simulated, nor for a token of another use", async () => {
  for (const question of [
    { service: "shop" },
    { version: "8.0.0" },
    { service: "demo-" },
    {},
    { service: ["demo-shop"] },
  ])
    expect([question, (await remove(question)).status]).toEqual([question, 400])
  expect((await remove({ service: "demo-shop" }, READ_TOKEN)).status).toBe(403)
  expect((await remove({ service: "demo-shop" }, "nobody")).status).toBe(401)
  expect(await services()).toContain("shop")
})
