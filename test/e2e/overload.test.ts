import { type ChildProcess, spawn } from "node:child_process"
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { adminOf, chromiumPath, gatherFaults, logIn, openBrowser } from "../browser.ts"
import { type Product, ROOT, startProduct } from "../stack.ts"

/** A service with four times more to do than it can, and its callers, who can do without it: both on svrkit, over TCP. */
const TRIAL = `
  import { createAgent } from "@ossagent/agent"
  import { Channel, RpcServer } from "@ossagent/svrkit/rpc"
  import { pino } from "pino"
  import { createOptionalSpamClient } from "./dist/spam/generated/spam.client.js"
  import { serveSpam } from "./dist/spam/generated/spam.server.js"
  import { SPAM } from "./dist/spam/generated/spam.table.js"
  const agentOf = (subsystem) => createAgent({
    service: "trial",
    subsystem,
    collector: process.env.OSSAGENT_COLLECTOR,
    key: process.env.OSSAGENT_KEY,
    builtIn: false,
  })
  const token = "a-token-of-this-trial"
  const limits = { mostRunning: 4 }
  const log = pino({ level: "silent" })
  const server = new RpcServer({ credentials: [{ name: "*", token }], limits, log, agent: agentOf("spam") })
  serveSpam(server, { judge: () => new Promise((resolve) => setTimeout(resolve, 20, { bad: false })) })
  const target = "127.0.0.1:" + (await server.listen(0))
  const channel = new Channel({ table: SPAM, targets: [target], credential: { name: "writers", token }, agent: agentOf("writers") })
  const spam = createOptionalSpamClient(channel)
  setInterval(() => {
    for (const priority of [20, 60, 60, 60]) void spam.judge({ text: "x" }, { priority, timeoutMs: 500 })
  }, 5)`

let product: Product
let trial: ChildProcess
let browser: Browser
let page: Page
let faults: string[]

beforeAll(async () => {
  if (chromiumPath === undefined) return
  product = await startProduct()
  trial = spawn(process.execPath, ["--input-type=module", "-e", TRIAL], {
    cwd: join(ROOT, "im-services"),
    stdio: "inherit",
    env: { ...process.env, OSSAGENT_COLLECTOR: product.collectorUrl, OSSAGENT_KEY: product.secrets.ingestKey },
  })
  browser = await openBrowser()
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "light" })
  page = await context.newPage()
  faults = gatherFaults(context)
  await page.goto(`${product.dashboardUrl}/overload?range=5m`)
  await logIn(page, adminOf(product))
  await page.waitForURL((url) => url.pathname === "/overload")
})
afterAll(async () => {
  await browser?.close()
  trial?.kill("SIGKILL")
  await product?.stop()
})

describe.skipIf(chromiumPath === undefined)("the overload page", () => {
  it("shows the service that has too much to do first, what it lets in, and what it does not", async () => {
    const row = page.getByTestId("services").locator("tbody tr").first()
    await row.filter({ hasText: "trial / spam" }).filter({ hasText: "shed" }).waitFor({ timeout: 30_000 })
    expect(await row.textContent()).toMatch(/priorities below|of 20 those|of 60 those/)
  })

  it("shows by method and priority that the less important is refused and held back", async () => {
    const first = page.getByTestId("sheds").locator("tbody tr").first()
    await first.waitFor({ timeout: 30_000 })
    expect(await first.textContent()).toMatch(/^spam Judge60/)
    await page.getByLabel("Held back by callers", { exact: true }).locator("svg.recharts-surface").first().waitFor()
  })

  it("says on every page which service is missed, by whom, and how much of it", async () => {
    await page.getByRole("link", { name: "Exceptions" }).first().click()
    const said = page.getByTestId("missed")
    await said.waitFor({ timeout: 30_000 })
    expect(await said.textContent()).toMatch(/spam is missed by writers: \d+ % of calls answered without it/)
    await said.getByRole("link", { name: "More" }).click()
    await page.waitForURL((url) => url.pathname === "/overload")
  })

  it("fits a narrow screen, and nothing of it is a fault of the page", async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.getByTestId("services").waitFor()
    expect(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(true)
    expect(faults).toEqual([])
  })
})
