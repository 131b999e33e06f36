import { ChatError, createClient, MemoryStore, tcpTransport } from "@ossagent/im-client/node"
import type { AccessNode, Alarm, ThrottlesAnswer } from "@ossagent/wire"
import type { Browser, BrowserContext, Locator, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { adminOf, chromiumPath, gatherFaults, logIn, openBrowser } from "../browser.ts"
import { ask, type Product, startProduct, until } from "../stack.ts"
import { enter, type Visitor } from "../visitor.ts"

/** A thief is seen, sent away and released at the dashboard; so are versions, features and access nodes. */
let product: Product
let browser: Browser
let context: BrowserContext
let page: Page
let admin: Visitor
let faults: string[]
const clients: Awaited<ReturnType<typeof createClient>>[] = []

const go = (path: string): Promise<unknown> => page.goto(product.dashboardUrl + path)
const dialog = (): Locator => page.getByRole("dialog")
const field = (label: string): Locator =>
  dialog()
    .locator("label", { has: page.getByText(label, { exact: true }) })
    .locator("input, select")
    .first()
async function confirm(name: string): Promise<void> {
  await dialog().getByRole("button", { name, exact: true }).click()
  await dialog().waitFor({ state: "detached" })
}

/** A chat client of our own, logged in. */
async function chat(name: string, version = "8.0.1") {
  const { imAppKey: appKey } = product.secrets as unknown as { imAppKey: string }
  const dispatch = `http://127.0.0.1:${product.port + 6}`
  const client = await createClient({
    ...{ store: new MemoryStore(), transport: tcpTransport(), appKey, dispatch, version },
    carrier: "telecom",
  })
  clients.push(client)
  await client.register(name, "a password of tests")
  await client.login(name, "a password of tests")
  return client
}

beforeAll(async () => {
  if (chromiumPath === undefined) return
  product = await startProduct()
  admin = await enter(product, adminOf(product))
  browser = await openBrowser()
  context = await browser.newContext({ viewport: { width: 1280, height: 860 }, colorScheme: "light" })
  page = await context.newPage()
  page.setDefaultTimeout(15_000)
  faults = gatherFaults(context)
  await go("/")
  await logIn(page, adminOf(product))
  await page.waitForURL((url) => url.pathname === "/")
})
afterAll(async () => {
  for (const client of clients) await client.stop()
  await browser?.close()
  await product?.stop()
})

const read = async <T>(path: string): Promise<T> => JSON.parse((await admin.send("GET", path)).text) as T

describe.skipIf(chromiumPath === undefined)("clients that take too much, at the dashboard", () => {
  it("a page of throttles without any says what would stand there", async () => {
    await go("/throttles")
    await page.getByText("Nobody has been throttled").waitFor()
    await page.getByText("No version is throttled, and none stands out.").waitFor()
  })

  it("a thief appears with its evidence, and is released", async () => {
    const thief = await chat("thief")
    for (let i = 0; i < 400 && thief.state.is === "online"; i++)
      await thief.findUser(`nobody${i}`).catch((error: unknown) => expect(error).toBeInstanceOf(ChatError))
    expect(thief.state.is).toBe("waiting")
    const row = page.getByTestId("throttle").filter({ hasText: `user ${thief.account?.uid}` })
    await row.getByText("asks too much").waitFor()
    await row.getByText(/requests within 10 s; no client of ours makes more than 120 requests/).waitFor()
    await row.getByText("in force", { exact: true }).waitFor()
    await row.getByRole("button", { name: /^Release/ }).click()
    await confirm("Release")
    await row.getByText("released", { exact: true }).waitFor()
    const back = () => thief.login("thief", "a password of tests").then(() => thief.state.is === "online")
    await until(back, "the thief comes back", 10_000)
  })

  it("a dry run is said on the page, and ends", async () => {
    await page.getByRole("button", { name: "Dry run" }).click()
    await confirm("Only note decisions")
    await page.getByText(/Dry run: decisions are noted/).waitFor()
    await page.getByRole("button", { name: "Dry run" }).click()
    await confirm("Act on decisions")
    await page.getByText(/Dry run: decisions are noted/).waitFor({ state: "detached" })
  })

  it("a version is kept off as a whole and let in again, a feature is switched off and on", async () => {
    const old = await chat("old", "7.6.0")
    await page.getByRole("button", { name: "Throttle a version" }).click()
    await field("Version").fill("7.6.0")
    await field("Reason").fill("it syncs without end")
    await confirm("Throttle")
    await page.getByTestId("class").getByText("it syncs without end").waitFor()
    await until(async () => old.state.is === "waiting", "the old client goes", 10_000)
    await page.getByRole("button", { name: "Let version 7.6.0 in" }).click()
    await page.getByTestId("class").waitFor({ state: "detached" })

    const fresh = await chat("fresh", "8.0.2")
    await page.getByRole("button", { name: "Switch a feature off" }).click()
    await field("Version").fill("not a version")
    await field("Feature").selectOption("findUser")
    await field("Reason").fill("it crashes")
    await dialog().getByRole("button", { name: "Switch off", exact: true }).click()
    await dialog()
      .getByRole("alert")
      .getByText(/is no version/)
      .waitFor()
    await field("Version").fill("8.0.2")
    await confirm("Switch off")
    await page.getByTestId("feature").getByText("findUser in 8.0.2").waitFor()
    await until(
      () =>
        fresh.findUser("old").then(
          () => false,
          (error: { code: string }) => error.code === "feature_off",
        ),
      "the client is told",
      10_000,
    )
    await page.getByRole("button", { name: "Switch findUser on" }).click()
    await page.getByTestId("feature").waitFor({ state: "detached" })
  })

  it("a user is allowed and no longer so", async () => {
    await page.getByRole("button", { name: "Allow a user" }).click()
    await field("User").fill("100000007")
    await field("Reason").fill("our own robot")
    await confirm("Allow")
    await page.getByTestId("allowed").getByText("our own robot").waitFor()
    await page.getByRole("button", { name: "Remove user 100000007" }).click()
    await page.getByTestId("allowed").waitFor({ state: "detached" })
  })

  it("commands that went out are curves by kind", async () => {
    await go("/commands?range=15m")
    for (const [title, kind] of [
      ["Sent", "offline"],
      ["Obeyed", "offline"],
      ["Sent", "features"],
    ] as const)
      await page.getByRole("region", { name: title, exact: true }).getByText(kind).first().waitFor({ timeout: 30_000 })
  })

  it("an access node is drained by hand and kept again; the only one is warned of", async () => {
    await go("/access")
    const row = page.getByTestId("access")
    await row.getByRole("button", { name: /^Drain/ }).click()
    await dialog()
      .getByText(/the only access that takes clients/)
      .waitFor()
    await field("Empty within").selectOption("10")
    await confirm("Drain")
    await row.getByText(/^(empties within|empty|should be)/).waitFor()
    await row.getByRole("button", { name: /^Keep/ }).click()
    await row.getByRole("button", { name: /^Drain/ }).waitFor()
    const { accesses } = await read<{ accesses: AccessNode[] }>("/api/guard/accesses")
    expect(accesses).toMatchObject([{ drainUntil: null }])
    let tries = 0
    const comes = () =>
      chat(`kept${tries++}`).then(
        () => true,
        () => false,
      )
    await until(comes, "clients are taken again", 10_000)
  })

  it("a version whose clients steal is one alarm that names it", async () => {
    for (let i = 0; i < 6; i++) {
      const thief = await chat(`bug${i}`, "8.0.3")
      for (let n = 0; n < 400 && thief.state.is === "online"; n++)
        await thief.findUser(`nobody${n}`).catch(() => undefined)
    }
    await go("/throttles")
    await page.getByTestId("suspect").getByText("8.0.3").waitFor()
    const alarms = async () => {
      const { alarms: all } = await read<{ alarms: Alarm[] }>("/api/alerting/alarms")
      return all.filter(({ metric }) => metric === "im.guard.version_suspect")
    }
    await until(async () => (await alarms()).some(({ state }) => state === "firing"), "the alarm fires", 60_000)
    expect((await alarms()).map(({ group }) => group)).toEqual([{ service: "im", version: "8.0.3" }])
  })

  it("how connecting went is a figure by version and carrier", async () => {
    const question = {
      ...{ metrics: ["im.connect.time"], stats: ["count" as const], windowSec: 300 },
      split: ["version" as const, "label.carrier" as const],
    }
    const [thief] = clients
    thief?.networkLost()
    const groups = await until(
      async () => {
        const { group } = await ask(product, "latest", question)
        return group.length > 0 && group
      },
      "connect times arrive",
      30_000,
    )
    expect(groups).toContainEqual({ version: "8.0.1", "label.carrier": "telecom" })
  })

  it("viewers read and change nothing, and every change stands in the audit", async () => {
    const viewer = { name: "viewer", role: "viewer", email: "viewer@example.test", password: "viewer-password" }
    expect((await admin.send("POST", "/api/users", viewer)).status).toBe(200)
    const person = await enter(product, viewer)
    expect((await person.send("GET", "/api/guard/throttles")).status).toBe(200)
    const { throttles } = await read<ThrottlesAnswer>("/api/guard/throttles")
    for (const [method, path, body] of [
      ["POST", `/api/guard/throttles/${throttles[0]?.id}/release`, {}],
      ["POST", "/api/guard/dry-run", { on: true }],
      ["POST", "/api/guard/classes", { version: "8.0.1", minutes: 5, why: "no" }],
      ["DELETE", "/api/guard/allow/7", undefined],
      ["POST", "/api/guard/accesses/x/drain", { sec: 10 }],
    ] as const)
      expect([path, (await person.send(method, path, body)).status]).toEqual([path, 403])
    await go("/audit")
    for (const action of [
      "throttle released",
      "dry run set",
      "version throttled",
      "feature switched off",
      "access drained",
    ])
      await page.getByTestId("audit-entry").getByText(action).first().waitFor()
    expect(faults.filter((fault) => !fault.endsWith("400 (Bad Request)"))).toEqual([])
  })
})
