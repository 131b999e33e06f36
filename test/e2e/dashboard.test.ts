import { createAgent } from "@ossagent/agent"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { adminOf, chromiumPath, gatherFaults, logIn, openBrowser } from "../browser.ts"
import { ask, type Product, startProduct, startShop, until } from "../stack.ts"
import { enter } from "../visitor.ts"

/** What people do at the dashboard, in a real browser, with a service that runs and a rule that fires. */
let product: Product
let shop: ReturnType<typeof startShop>
let browser: Browser
let context: BrowserContext
let page: Page
let faults: string[]
const VIEWER = { name: "Vera", role: "viewer", email: "vera@example.test", password: "vera-password" }
const RULE = {
  name: "Orders come in",
  enabled: true,
  severity: "warning",
  detection: "threshold",
  metric: "order.paid",
  stat: "rate",
  filters: [{ dim: "service", op: "in", values: ["shop"] }],
  split: ["service", "subsystem"],
  windowSec: 5,
  forSec: 0,
  keepFiringSec: 60,
  threshold: { op: ">", value: 1 },
}

/** A release of the shop that is worse than the one that runs. */
async function throwErrors(): Promise<void> {
  const { collectorUrl: collector, secrets } = product
  const release = { service: "shop", subsystem: "checkout", version: "2.0.0", collector, key: secrets.ingestKey }
  const oss = createAgent({ ...release, spool: false, builtIn: false })
  class PriceError extends Error {
    override readonly name = "PriceError"
  }
  for (const user of ["ann", "bob", "ann"]) oss.exception(new PriceError("order 17 has no price"), { user })
  await oss.stop()
}

const query = (): URLSearchParams => new URL(page.url()).searchParams
const go = (path: string): Promise<unknown> => page.goto(product.dashboardUrl + path)

beforeAll(async () => {
  if (chromiumPath === undefined) return
  product = await startProduct({ OSSAGENT_ALARM_EMAILS: "oncall@example.test", OSSAGENT_EXCEPTION_BASELINE_SEC: "0" })
  shop = startShop(product)
  const admin = await enter(product, adminOf(product))
  for (const [path, body] of [
    ["/api/users", VIEWER],
    ["/api/alerting/rules", RULE],
  ] as const)
    expect((await admin.send("POST", path, body)).status).toBe(200)
  browser = await openBrowser()
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "light" })
  page = await context.newPage()
  faults = gatherFaults(context)
  await go("/")
  await logIn(page, adminOf(product))
  await page.waitForURL((url) => url.pathname === "/")
})
afterAll(async () => {
  await browser?.close()
  shop?.kill("SIGKILL")
  await product?.stop()
})

describe.skipIf(chromiumPath === undefined)("at the dashboard", () => {
  it("a service that started a moment ago has its card, and its figures move without a reload", async () => {
    const card = page.locator('[data-place="shop/checkout"]')
    const figure = card.locator('[data-metric="process.memory.rss"]').getByTestId("figure-value")
    await figure.waitFor()
    const before = await figure.textContent()
    await until(async () => (await figure.textContent()) !== before, "another value", 15_000)
    expect(await page.getByTestId("live-state").getAttribute("data-state")).toBe("live")
  })

  it("the keyboard finds a metric from anywhere", async () => {
    await page.keyboard.press("/")
    await page.keyboard.type("pay call")
    await page.getByRole("option", { name: /pay\.call/ }).waitFor()
    await page.keyboard.press("Enter")
    await page.waitForURL(/\/m\/pay\.call/)
    await page.getByRole("heading", { name: "pay.call" }).waitFor()
  })

  it("a split by label shows a line for each value and stands in the address", async () => {
    await page.getByRole("button", { name: "Split by" }).click()
    const choices = page.getByRole("dialog", { name: "Split by" })
    for (const dim of ["version", "region"]) await choices.getByText(dim, { exact: true }).click()
    await page.keyboard.press("Escape")
    for (const region of ["eu", "us"]) await page.getByRole("button", { name: `Show ${region} p99` }).waitFor()
    expect(query().get("split")).toBe("label.region")
  })

  it("a filter and a comparison are kept in the address and after a reload", async () => {
    await page.getByRole("button", { name: "Filter by region" }).click()
    await page.getByRole("dialog").getByText("eu", { exact: true }).click()
    await page.keyboard.press("Escape")
    await page.getByRole("button", { name: "Day before" }).click()
    await page.getByText("nothing was recorded a day before").waitFor()
    await page.reload()
    await page.getByRole("button", { name: "Day before", pressed: true }).waitFor()
    await page.getByRole("button", { name: "Show eu p99" }).waitFor()
    expect(await page.getByRole("button", { name: "Show us p99" }).count()).toBe(0)
    expect(Object.fromEntries(query())).toMatchObject({ "label.region": "eu", compare: "1d", split: "label.region" })
  })

  it("a range is chosen by keyboard", async () => {
    await page.getByRole("button", { name: "Time range" }).focus()
    await page.keyboard.press("Enter")
    await page.getByRole("dialog", { name: "Time range" }).waitFor()
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Last 5 minutes")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await page.waitForURL(/range=5m/)
    await page.getByRole("button", { name: "Time range" }).getByText("Last 5 minutes").waitFor()
  })

  it("dragging across the chart zooms in, and there is a way back", async () => {
    const box = await page.locator("figure .recharts-surface").first().boundingBox()
    if (!box) throw new Error("there is no chart")
    await page.mouse.move(box.x + box.width * 0.4, box.y + 100)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, box.y + 100, { steps: 5 })
    await page.mouse.move(box.x + box.width * 0.8, box.y + 100, { steps: 5 })
    await page.mouse.up()
    await page.waitForURL(/range=\d+\.\.\d+/)
    const [from = 0, to = 0] = (query().get("range") ?? "").split("..").map(Number)
    expect(to - from).toBeGreaterThan(60_000)
    expect(to - from).toBeLessThan(180_000)
    await page.getByRole("button", { name: "Back to last 5 minutes" }).click()
    await page.waitForURL(/range=5m/)
    expect(query().get("back")).toBeNull()
  })

  it("dark colours stay after a reload", async () => {
    const theme = () => page.evaluate("document.documentElement.dataset.theme")
    expect(await theme()).toBe("light")
    await page.getByRole("button", { name: "Switch to dark colours" }).click()
    await page.reload()
    expect(await theme()).toBe("dark")
  })

  it("an alarm is acknowledged and silenced, with what for, and stands in Silences", async () => {
    await go("/alarms?service=shop")
    const row = page.getByTestId("alarms").getByRole("listitem").filter({ hasText: RULE.name })
    await row.getByRole("button", { name: "Acknowledge" }).click({ timeout: 60_000 })
    await row.getByText("acknowledged", { exact: true }).waitFor()
    await row.getByRole("button", { name: "Silence" }).click()
    await page.getByLabel("For how long").selectOption("1 hour")
    await page.getByLabel("Reason").fill("it is meant to sell")
    await page.getByRole("dialog").getByRole("button", { name: "Silence", exact: true }).click()
    await row.getByText("silenced", { exact: true }).waitFor()
    await row.getByRole("link").first().click()
    await page.getByTestId("history").getByText(product.secrets.adminEmail).first().waitFor()
    await go("/silences")
    const silence = page.getByTestId("silence").filter({ hasText: "it is meant to sell" })
    await silence.getByText("metric is order.paid").waitFor()
    await silence.getByText(/active, 5\d min left/).waitFor()
  })

  it("a rule tells what it would have done before it is saved", async () => {
    await go("/rules")
    await page.getByRole("button", { name: `Change ${RULE.name}` }).click()
    const dialog = page.getByRole("dialog")
    const backtest = dialog.getByTestId("backtest")
    const tryIt = async () => {
      await dialog.getByRole("button", { name: "Try the last day" }).click()
      await backtest.getByText(/^It would (not )?have fired/).waitFor({ timeout: 20_000 })
      return ((await backtest.textContent()) ?? "").includes("It would have fired once")
    }
    await until(tryIt, "a whole minute of the service to replay", 130_000)
    await backtest.getByText("shop/checkout: order.paid rate is").waitFor()
    await page.keyboard.press("Escape")
  })

  it("a new error stands first in Exceptions, with its users, versions and stack, and has raised an alarm", async () => {
    await throwErrors()
    await page.getByRole("navigation", { name: "Main" }).getByText("Exceptions").click()
    const row = page.getByTestId("exceptions").getByRole("listitem").filter({ hasText: "PriceError" })
    await row.getByText("new in 2.0.0").waitFor({ timeout: 30_000 })
    await row.getByText("3 times, 2 users").waitFor()
    await page.getByLabel("Version").selectOption("1.0.0")
    await page.getByText("No such exception in this time").waitFor()
    await page.getByLabel("Version").selectOption("2.0.0")
    await row.getByRole("link").click()
    await page.waitForURL(/\/exceptions\/shop\/[0-9a-f]{16}/)
    await page.getByTestId("message").getByText("order 17 has no price").waitFor()
    await page.getByLabel("What it is").getByText("not seen in 1.0.0").waitFor()
    expect(await page.getByTestId("versions").getByRole("row").last().textContent()).toMatch(/^2\.0\.032/)
    await context.grantPermissions(["clipboard-read", "clipboard-write"])
    await page.getByRole("button", { name: "Copy the stack" }).click()
    await page.getByText("Copied").waitFor()
    expect(await page.evaluate("navigator.clipboard.readText()")).toMatch(/^PriceError: order 17 has no price\n {4}at /)
    const alarm = page.getByRole("link", {
      name: /^shop 2\.0\.0: PriceError in .*, 3 times, 2 users; not seen in 1\.0\.0$/,
    })
    await alarm.waitFor({ timeout: 30_000 })
    await alarm.click()
    await page.getByRole("link", { name: "Open the exception" }).click()
    await page.getByRole("heading", { name: /^PriceError in / }).waitFor()
    await go("/exceptions/shop/0000000000000000")
    await page.getByText("There is no such exception").waitFor()
    const asked = faults.filter((fault) => fault.includes("/0000000000000000: ") && fault.includes("404"))
    for (const fault of asked) faults.splice(faults.indexOf(fault), 1) // Chromium logs the answer that was wanted
  })

  it("the mail of the alarm is in the outbox, marked as not sent out, with its picture", async () => {
    await go("/outbox")
    const mail = page.getByTestId("mail").filter({ hasText: "firing" }).first()
    await mail.getByText("not sent out").waitFor({ timeout: 30_000 })
    await mail.getByRole("link").first().click()
    await page.getByTestId("smtp-hint").getByText("OSSAGENT_SMTP_URL").waitFor()
    const picture = page.frameLocator('[data-testid="mail-html"]').locator("img")
    await until(
      () => picture.evaluate((one) => (one as unknown as { naturalWidth: number }).naturalWidth > 300),
      "the picture",
      5_000,
    )
  })

  it("a viewer comes to the page that a link named, and has nothing to act with", async () => {
    const other = await browser.newContext()
    const theirs = await other.newPage()
    await theirs.goto(`${product.dashboardUrl}/alarms?state=all`)
    await logIn(theirs, VIEWER)
    await theirs.waitForURL(/\/alarms\?state=all$/)
    const row = theirs.getByTestId("alarms").getByRole("listitem").filter({ hasText: RULE.name })
    await row.waitFor()
    expect(await row.getByRole("button").count()).toBe(0)
    await row.getByRole("link").first().click()
    await theirs.getByText("A viewer looks on").waitFor()
    expect(await theirs.getByRole("navigation", { name: "Main" }).getByText("Users").count()).toBe(0)
    await theirs.goto(`${product.dashboardUrl}/users`)
    await theirs.waitForURL((url) => url.pathname === "/")
    await other.close()
  })

  it("no page is wider than a phone, and none has an error or breaks its own policy", async () => {
    const alarm = (await page.request.get(`${product.dashboardUrl}/api/alerting/alarms?state=all`)).json()
    const id = ((await alarm) as { alarms: { id: string }[] }).alarms[0]?.id
    const errors = { from: 0, to: Date.now() + 60_000, service: "shop" }
    const print = (await ask(product, "exceptions", errors)).rows[0]?.fingerprint
    const paths = [
      ..."/ /matrix /overload /alarms /alarms?state=all /silences?state=all /rules /outbox /start /users /audit /account".split(
        " ",
      ),
      ..."/s/shop/checkout /m/order.paid /m/pay.call?split=version,label.region /m/pay.call?view=table".split(" "),
      `/alarms/${id}`,
      "/exceptions",
      "/exceptions?version=none",
      `/exceptions/shop/${print}`,
    ]
    await page.setViewportSize({ width: 390, height: 844 })
    for (const path of paths) {
      await go(path)
      await page.getByRole("heading").first().waitFor()
      await page.waitForTimeout(300)
      const over = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
      expect([path, over]).toEqual([path, 0])
    }
    await page.setViewportSize({ width: 1440, height: 900 })
    expect(faults).toEqual([])
  })

  it("a page of many charts asks only for those in view, and few at once", async () => {
    let asked = 0
    let open = 0
    let most = 0
    const isRange = (url: string): boolean => url.endsWith("/api/report/range")
    const begin = (request: { url: () => string }): void => {
      if (!isRange(request.url())) return
      asked++
      most = Math.max(most, ++open)
    }
    const end = (request: { url: () => string }): void => {
      if (isRange(request.url())) open--
    }
    page.on("request", begin).on("requestfinished", end).on("requestfailed", end)
    await go("/s/collector/main")
    await until(async () => asked >= 6 && open === 0, "the charts in view", 15_000)
    page.off("request", begin).off("requestfinished", end).off("requestfailed", end)
    expect(most).toBeLessThanOrEqual(3)
    expect(asked).toBeLessThan((await page.getByTestId("metric-card").count()) / 2)
  })

  it.each(["collector", "dashboard"])(
    "when the %s is killed the page says so, and lives again by itself",
    async (name) => {
      await go("/s/shop/checkout")
      const live = (state: string) => page.locator(`[data-testid="live-state"][data-state="${state}"]`)
      await live("live").waitFor()
      const pids = [...product.output().matchAll(RegExp(`"service":"${name}","pid":(\\d+)`, "g"))].map(([, pid]) => pid)
      process.kill(Number(pids.at(-1)), "SIGKILL")
      await live("lost").waitFor()
      await live("live").waitFor({ timeout: 30_000 })
      await page.getByTestId("stale").waitFor({ state: "detached" })
      const figure = page.locator('[data-metric="process.memory.rss"]').locator("header + p")
      const before = await figure.textContent()
      await until(async () => (await figure.textContent()) !== before, "figures that move again", 20_000)
    },
  )
})
