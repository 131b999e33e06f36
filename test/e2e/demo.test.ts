import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { ChatError, createClient, MemoryStore, tcpTransport } from "@ossagent/im-client/node"
import type { Alarm, Rule, ThrottlesAnswer } from "@ossagent/wire"
import { afterAll, beforeAll, expect, it } from "vitest"
import { ask, type Product, ROOT, startProduct, until } from "../stack.ts"
import { enter, type Visitor } from "../visitor.ts"

/** A short simulated day against the whole product, and what is left after it was taken away. */
let product: Product
let admin: Visitor
beforeAll(async () => {
  product = await startProduct()
  const { adminEmail: email, adminPassword: password } = product.secrets
  admin = await enter(product, { email, password })
})
afterAll(async () => {
  await product?.stop()
})

/** `npm run demo -- …args`, under way. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [join(ROOT, "scripts/demo.mjs"), ...args], {
    env: { ...process.env, OSSAGENT_PORT: String(product.port), OSSAGENT_DATA: product.dataDir },
  })
  let text = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (part: Buffer) => {
      text += part
    })
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, text }))
  return { child, ended }
}
const demo = (...args: string[]) => start(...args).ended

const lately = () => ({ from: Date.now() - 600_000, to: Date.now() + 60_000 })
const read = async <T>(path: string): Promise<T> => JSON.parse((await admin.send("GET", path)).text) as T
const throttled = async (state: string) => {
  const { throttles } = await read<ThrottlesAnswer>(`/api/guard/throttles?state=${state}`)
  return throttles.filter(({ version }) => version === "8.0.9-demo")
}
const errors = async () => (await ask(product, "exceptions", { ...lately(), steps: 1, service: "demo-shop" })).rows
const names = async () => {
  const { entries } = await ask(product, "catalog", { search: "demo" })
  return entries.map(({ service, metric }) => `${service} ${metric}`)
}
const eventsOf = async (days: number) =>
  (await ask(product, "events", { from: Date.now() - days * 86_400_000, to: Date.now(), service: "demo-shop" })).events

it("a day leaves figures by version, thieves that are off the network, an error of one version, and customers of two weeks", async () => {
  const { code, text } = await demo("--day", "24", "--people", "6")
  expect([code, text]).toEqual([0, expect.stringContaining("6 of 6 thieves caught")])
  expect(text).toContain("EVERYTHING HERE IS SIMULATED")
  expect(text).toContain(`${product.dashboardUrl}/throttles`)
  expect(await throttled("active")).toHaveLength(6)
  const found = await until(async () => (await errors())[0], "the shop's error", 10_000)
  expect(found).toMatchObject({ type: "TypeError", versions: ["8.1.0"], place: expect.stringContaining("coupon") })
  const delivered = { metric: "im.delivery", ...lately(), stats: ["count" as const], split: ["version" as const] }
  const { series } = await ask(product, "range", delivered)
  expect(series.map(({ group }) => group.version)).toEqual(expect.arrayContaining(["8.0.0-demo"]))
  const shed = await ask(product, "catalog", { service: "demo-shop", subsystem: "stock" })
  expect(shed.entries.map(({ metric }) => metric)).toContain("rpc.server.calls")
  expect((await eventsOf(15)).find(({ name }) => name === "order.paid")?.users).toBeGreaterThan(300)
})

it("what is running cannot be removed, and Ctrl-C ends a day cleanly", async () => {
  const { child, ended } = start("--day", "600", "--people", "6")
  const trades = async () => {
    const { entries } = await ask(product, "catalog", { service: "demo-shop" })
    return entries.some(({ metric, lastSeen }) => metric === "shop.search" && lastSeen > Date.now() - 1_500)
  }
  await until(trades, "the second day began", 30_000)
  expect((await demo("--stop")).text).toContain("the demo is still running")
  child.kill("SIGINT")
  expect(await ended).toMatchObject({ code: 0, text: expect.stringContaining("The day is over") })
})

it("afterwards it is taken away: accounts, figures, errors, events, throttles in force and alarms", async () => {
  const { code, text } = await until(
    async () => {
      const said = await demo("--stop")
      return said.code === 0 && said
    },
    "removed",
    30_000,
  )
  expect([code, text]).toEqual([0, expect.stringMatching(/accounts +12 removed/)])
  expect(await throttled("active")).toEqual([])
  expect(await errors()).toEqual([])
  expect(await eventsOf(20)).toEqual([])
  // Guard says for ten minutes more that the version stands out no more.
  expect((await names()).filter((one) => one !== "im im.guard.version_suspect")).toEqual([])
  const { alarms } = await read<{ alarms: Alarm[] }>("/api/alerting/alarms")
  expect(alarms.filter(({ group }) => group.service === "demo-shop")).toEqual([])
  const { rules } = await read<{ rules: Rule[] }>("/api/alerting/rules")
  expect(rules.filter(({ name }) => name.startsWith("Demo"))).toEqual([])
  const { imAppKey: appKey } = product.secrets as unknown as { imAppKey: string }
  const dispatch = `http://127.0.0.1:${product.port + 6}`
  const client = await createClient({ store: new MemoryStore(), transport: tcpTransport(), appKey, dispatch })
  const refused = await client.login("demo-001", "any password").catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ChatError)
  await client.register("demo-001", "a password of tests")
  await client.stop()
})
