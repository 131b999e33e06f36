import { execFile } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import type { Browser, BrowserContext, Locator, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { adminOf, chromiumPath, gatherFaults, logIn, openBrowser } from "../browser.ts"
import { MODULE, RPC_TOKEN, type RunningGreeter, startGreeter, startTraffic, writeGreeter } from "../logic/index.ts"
import { type Product, ROOT, startProduct, until } from "../stack.ts"

/** Versions go out and come back at the dashboard and from the command line: a service with logic and its callers run all the while. */
let product: Product
let dir: string
let greeter: RunningGreeter
let traffic: ReturnType<typeof startTraffic>
let browser: Browser
let context: BrowserContext
let page: Page
let faults: string[]

const go = (path: string): Promise<unknown> => page.goto(product.dashboardUrl + path)
const dialog = (): Locator => page.getByRole("dialog")
const press = (name: string | RegExp, where: Page | Locator = page): Promise<void> =>
  where.getByRole("button", { name }).first().click()
const field = (label: string): Locator =>
  dialog()
    .locator("label", { has: page.getByText(label, { exact: true }) })
    .locator("input, select")
    .first()

/** The command line, as somebody at this machine would use it. */
async function ossagent(...args: string[]): Promise<{ code: number; text: string }> {
  const all = [
    join(ROOT, "alerting/bin/ossagent.mjs"),
    "release",
    ...args,
    "--url",
    product.alertingUrl,
    "--data",
    product.dataDir,
  ]
  return promisify(execFile)(process.execPath, all).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, text: stderr }),
  )
}

beforeAll(async () => {
  if (chromiumPath === undefined) return
  dir = await mkdtemp(join(tmpdir(), "ossagent-logic-"))
  await writeGreeter(dir, "1", { ms: 6 })
  product = await startProduct({ OSSAGENT_RELEASE_JUDGE_MS: "1000" })
  greeter = await startGreeter({
    OSSAGENT_LOGIC_DIR: dir,
    OSSAGENT_COLLECTOR: product.collectorUrl,
    OSSAGENT_KEY: product.secrets.ingestKey,
    OSSAGENT_ALERTING_URL: product.alertingUrl,
    OSSAGENT_LOGIC_TOKEN: product.secrets.logicToken,
    OSSAGENT_LOGIC_DATA: join(dir, "plan"),
  })
  // Later than the first start, which takes the newest that is there.
  await writeGreeter(dir, "2", { ms: 6 })
  await writeGreeter(dir, "3", { ms: 25 })
  await writeGreeter(dir, "4", { blocks: 20 })
  traffic = startTraffic({ target: greeter.target, token: RPC_TOKEN, callsPerSec: 400, users: 5_000 })
  browser = await openBrowser()
  context = await browser.newContext({ viewport: { width: 1280, height: 860 }, colorScheme: "light" })
  page = await context.newPage()
  page.setDefaultTimeout(20_000)
  faults = gatherFaults(context)
  await go("/")
  await logIn(page, adminOf(product))
  await page.waitForURL((url) => url.pathname === "/")
})
afterAll(async () => {
  await browser?.close()
  await traffic?.stop()
  await greeter?.stop()
  await product?.stop()
  if (dir) await rm(dir, { recursive: true, force: true })
})

/** The product has modules of its own besides. */
const moduleRow = (): Locator => page.getByTestId("modules").getByRole("listitem").filter({ hasText: "of greeter" })

/** Starts a release by the dialog. */
async function release(version: string, steps: string): Promise<void> {
  await go("/releases")
  await moduleRow().waitFor()
  await press("New release")
  await field("Module").selectOption(MODULE)
  await field("Version").selectOption(version)
  await field("Steps, percent of users").fill(steps)
  await field("Least time of a step, minutes").fill("0.1")
  await field("Calls wanted of each side").fill("300")
  await press("Start", dialog())
  await page.waitForURL(/\/releases\/\d+$/)
}

describe.skipIf(chromiumPath === undefined)("releases", () => {
  it("before anything is released the page says what runs, and how to begin", async () => {
    await until(async () => (await ossagent("status", MODULE)).text.includes("1 ready"), "reported", 20_000)
    await go("/releases")
    await page.getByText("There has been no release yet").waitFor()
    await moduleRow().getByText("1 runs").waitFor()
    await moduleRow().getByText("also there: 2, 3, 4").waitFor()
    await press("Experiments")
    await page.getByText("There has been no experiment yet").waitFor()
  })

  it("steps that do not rise are refused in the dialog, and what was typed stays", async () => {
    await go("/releases")
    await moduleRow().getByText("1 runs").waitFor()
    await page.getByRole("button", { name: "New release" }).focus()
    await page.keyboard.press("Enter")
    await field("Steps, percent of users").fill("20, 5, 100")
    await page.keyboard.press("Enter")
    await dialog().getByRole("alert").getByText("more than the one before").waitFor()
    await field("Steps, percent of users").fill("5, 50")
    await press("Start", dialog())
    await dialog().getByRole("alert").getByText("must end with 1").waitFor()
    await page.keyboard.press("Escape")
    await dialog().waitFor({ state: "detached" })
    expect(await page.evaluate("document.activeElement.textContent")).toBe("New release")
  })

  it("a version as good as the old one goes through its steps and takes all calls", async () => {
    await release("2", "20, 100")
    await page.getByTestId("why").getByText("nobody is left to compare with").waitFor({ timeout: 90_000 })
    await page.getByText("done", { exact: true }).first().waitFor()
    const rows = page.getByTestId("judgement").last().getByRole("row")
    await rows.filter({ hasText: "Latency, mean" }).getByText("same").waitFor()
    await go("/releases")
    await page.getByTestId("modules").getByText("2 runs").waitFor()
    await until(async () => (traffic.seen.by["2"] ?? 0) > 0, "answered by it", 5_000)
    expect(traffic.seen.failed).toEqual({})
  })

  it("its steps are marks on the service's charts", async () => {
    await go("/m/logic.duration?service=greeter")
    await page.getByText(`${MODULE} 2 done`).first().waitFor()
  })

  it("a slower version is rolled back by itself, with what was worse; that is an alarm", async () => {
    await release("3", "20, 100")
    await page.getByText("rolled back").first().waitFor({ timeout: 90_000 })
    await page
      .getByTestId("why")
      .getByText(/latency \+\d+ %/)
      .waitFor()
    const latency = page.getByTestId("judgement").first().getByRole("row").filter({ hasText: "Latency, mean" })
    await latency.getByText("worse", { exact: true }).waitFor()
    await go("/alarms")
    await page.getByText(`greeter: ${MODULE} 3 was rolled back at 20 % of users`).first().waitFor()
    const { text } = await ossagent("status", MODULE)
    expect(text).toMatch(/release \d+: 3, rolled back/)
  })

  it("a version that blocks is put out and rolled back at once, and no caller has noticed", async () => {
    await release("4", "5, 100")
    await page.getByTestId("why").getByText("its event loop did not turn").waitFor({ timeout: 60_000 })
    expect(traffic.seen.failed).toEqual({})
  })

  it("an experiment is held at its ratio, is measured, and is ended at the page", async () => {
    const started = await ossagent("start", MODULE, "3", "--experiment", "--ratio", "50", "--min-samples", "200")
    expect(started).toMatchObject({ code: 0, text: expect.stringContaining("an experiment at 50 %") })
    await go("/releases?kind=experiments")
    await page.getByTestId("releases").getByText("being measured").waitFor()
    await page.getByTestId("releases").getByRole("link").first().click()
    const latency = page.getByTestId("judgement").getByRole("row").filter({ hasText: "Latency, mean" })
    await latency.getByText("worse", { exact: true }).waitFor({ timeout: 60_000 })
    const second = await ossagent("start", MODULE, "4")
    expect(second).toMatchObject({ code: 2, text: expect.stringMatching(/release \d+ of 3 is running/) })
    await press("End the experiment")
    await press("End the experiment", dialog())
    await page.getByText("ended", { exact: true }).first().waitFor()
  })

  it("the pages fit a phone, by day and by night", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme })
      for (const width of [390, 1440]) {
        await page.setViewportSize({ width, height: 860 })
        for (const path of ["/releases", "/releases?kind=experiments", "/releases/1", "/releases/2"]) {
          await go(path)
          await page.getByRole("heading", { level: 1 }).waitFor()
          const over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
          await until(async () => (await page.evaluate(over)) === 0, `${path} as wide as ${width} pixels`, 5_000)
        }
      }
    }
  })

  it("the command line says clearly what it cannot do", async () => {
    expect((await ossagent("start", "no-such", "2")).text).toContain("no service has reported it")
    expect((await ossagent("start", MODULE, "9")).text).toContain("there are 1, 2, 3, 4")
    expect((await ossagent("start", MODULE, "3", "--steps", "5,x")).text).toContain("percents are more than 0")
    expect((await ossagent("start", MODULE, "3", "--experiment")).text).toContain("without --ratio")
    expect((await ossagent("abort", MODULE)).text).toContain("no release under way")
    const { code, text } = await ossagent("start", MODULE, "3", "--steps", "10,100", "--region", "north")
    expect([code, text]).toEqual([0, expect.stringContaining("steps 10 %, 100 %")])
    expect((await ossagent("abort", MODULE, "--note", "a test")).text).toContain("2 takes all calls")
    expect(traffic.seen.failed).toEqual({})
    // Chromium logs the answer to a release that was refused, as was wanted.
    expect(faults.filter((fault) => !fault.includes("400"))).toEqual([])
  })
})
