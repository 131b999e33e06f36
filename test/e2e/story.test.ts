import type { AddressInfo } from "node:net"
import type { Alarm, AlarmEvent } from "@ossagent/wire"
import { type ParsedMail, simpleParser } from "mailparser"
import type { Browser, Page } from "playwright-core"
import { SMTPServer } from "smtp-server"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { adminOf, chromiumPath, gatherFaults, logIn, openBrowser } from "../browser.ts"
import { type NewService, startNewService } from "../framework.ts"
import { ask, type Product, startProduct, startShop, until } from "../stack.ts"

/** The story of the README, with real processes, a real agent and a real mail server. */
const mails: ParsedMail[] = []
let smtp: SMTPServer
let product: Product
let shop: ReturnType<typeof startShop>
let greeter: NewService | undefined

beforeAll(async () => {
  smtp = new SMTPServer({
    secure: false,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      done(username === "oss" && password === "secret" ? null : new Error("wrong"), { user: "oss" }),
    onData: (stream, _session, done) => {
      void simpleParser(stream).then((mail) => {
        mails.push(mail)
        done()
      })
    },
  })
  smtp.on("error", () => {}) // a client that was killed in the middle of its mail
  await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", resolve))
  const { port } = smtp.server.address() as AddressInfo
  product = await startProduct({
    OSSAGENT_SMTP_URL: `smtp://oss:secret@127.0.0.1:${port}`,
    OSSAGENT_ALARM_EMAILS: "oncall@example.test",
  })
})
afterAll(async () => {
  await browser?.close()
  shop?.kill("SIGKILL")
  await greeter?.stop()
  await product?.stop()
  smtp?.close()
})

let browser: Browser
let page: Page
let faults: string[] = []

const alarms = async (): Promise<Alarm[]> => {
  const headers = { authorization: `Bearer ${product.secrets.alertingToken}` }
  const response = await fetch(`${product.alertingUrl}/v1/alarms?state=all&service=shop`, { headers })
  return ((await response.json()) as { alarms: Alarm[] }).alarms
}
const history = async (id: string): Promise<AlarmEvent[]> => {
  const headers = { authorization: `Bearer ${product.secrets.alertingToken}` }
  const response = await fetch(`${product.alertingUrl}/v1/alarms/${id}`, { headers })
  return ((await response.json()) as { history: AlarmEvent[] }).history
}
const absence = (alarm: Alarm): boolean => alarm.detection === "absence"

it("every process reports itself", async () => {
  const parts = [
    "access",
    "async",
    "auth",
    "datastore",
    "dispatch",
    "mailbox",
    "message",
    "probe",
    "seq",
    "social",
    "spam",
  ]
  const alone = ["alerting", "clickhouse", "collector", "dashboard", "machine", "postgres"]
  const wanted = [...alone, ...parts.map((part) => `im/${part}`)]
  await until(
    async () => {
      const { entries } = await ask(product, "catalog", {})
      const services = new Set(entries.flatMap(({ service, subsystem }) => [service, `${service}/${subsystem}`]))
      return wanted.every((service) => services.has(service))
    },
    "all services",
    20_000,
  )
})

it("messages of the probe users are timed by segment, with buckets, by client version", async () => {
  const question = { stats: ["count" as const], split: ["version" as const], stepSec: 1 }
  const segments = ["client_access", "access", "message", "mailbox", "notify", "synced"].map(
    (name) => `im.segment.${name}`,
  )
  for (const metric of [...segments, "im.delivery"])
    await until(
      async () => {
        const range = { from: Date.now() - 60_000, to: Date.now() }
        const { series } = await ask(product, "range", { ...question, ...range, metric })
        return series.some(({ group, values }) => group.version === "probe" && values.count?.some(Boolean))
      },
      metric,
      40_000,
    )
  const within = async (metric: string, split: ("version" | `label.${string}`)[]) => {
    const range = { from: Date.now() - 60_000, to: Date.now(), stepSec: 1 }
    return (await ask(product, "range", { metric, stats: ["sum"], split, ...range })).series.map(({ group }) => group)
  }
  expect(await within("im.delivery.within", ["version", "label.bucket"])).toContainEqual({
    version: "probe",
    "label.bucket": "0-1s",
  })
  expect(
    (await within("im.segment.within", ["version", "label.segment"])).filter(({ version }) => version === "probe"),
  ).toHaveLength(6)
})

it("a new counter is a report within two seconds of its first flush, split by version", async () => {
  shop = startShop(product)
  const found = await until(
    async () => {
      const { entries } = await ask(product, "catalog", { search: "order paid" })
      return entries[0]
    },
    "order.paid in the catalog",
    10_000,
  )
  expect(found).toMatchObject({ service: "shop", subsystem: "checkout", versions: ["1.0.0"], kind: "counter" })
  expect(Date.now() - found.firstSeen).toBeLessThan(2_000)
  const question = { metric: "order.paid", stats: ["rate" as const], split: ["version" as const], stepSec: 1 }
  await until(
    async () => {
      const { series } = await ask(product, "range", { ...question, from: Date.now() - 10_000, to: Date.now() })
      const rates = series[0]?.values.rate?.filter((rate) => rate !== null) ?? []
      return rates.length >= 3 && Math.max(...rates) > 30 && series[0]?.group.version === "1.0.0"
    },
    "about fifty a second",
    15_000,
  )
})

it("a service of twenty lines of XML, with nothing written in it, has 27 figures or more", async () => {
  const started = await startNewService(product, "greeter")
  greeter = started
  expect(JSON.parse(await started.greet())).toEqual({ text: expect.stringContaining("Ada") })
  await until(
    async () => {
      const { entries } = await ask(product, "catalog", { service: "greeter" })
      const metrics = new Set(entries.map(({ metric }) => metric))
      return metrics.size >= 27 && metrics.has("rpc.server.duration") && metrics.has("process.memory.rss")
    },
    "27 figures of its own",
    15_000,
  )
})

describe.skipIf(chromiumPath === undefined)("in the browser", () => {
  it("a wrong password is refused, the right one opens the overview with every process on it", async () => {
    browser = await openBrowser()
    page = await browser.newPage()
    faults = gatherFaults(page.context())
    await page.goto(product.dashboardUrl)
    await page.waitForURL(/\/login/)
    await logIn(page, { ...adminOf(product), password: "not the password" })
    await page.getByRole("alert").filter({ hasText: /./ }).first().waitFor()
    await logIn(page, adminOf(product))
    await page.waitForURL((url) => url.pathname === "/")
    // the refused password is one, as the browser sees it
    faults.length = 0
    for (const service of ["collector", "alerting", "dashboard", "clickhouse", "postgres", "machine", "shop"]) {
      await page.getByText(service, { exact: false }).first().waitFor()
    }
  })

  it("search finds the new metric, and its page shows it by version", async () => {
    await page.keyboard.press("Control+k")
    await page.keyboard.type("order.paid")
    await page
      .getByRole("option", { name: /order\.paid/ })
      .first()
      .waitFor()
    await page.keyboard.press("Enter")
    await page.waitForURL(/\/m\/order\.paid/)
    await page.getByRole("heading", { name: /order\.paid/ }).waitFor()
    await page.locator(".recharts-surface").first().waitFor()
    await page.getByText("1.0.0").first().waitFor()
  })

  it("the service of twenty lines has a page of its figures", async () => {
    await page.goto(product.dashboardUrl)
    await page
      .getByRole("link", { name: /greeter/ })
      .first()
      .click()
    await page.waitForURL(/\/s\/greeter\//)
    await page.getByText(/(2[7-9]|[3-9]\d) metrics/).waitFor()
    await page.getByText("rpc.server.duration").first().waitFor()
    await page.locator(".recharts-surface").first().waitFor()
  })

  it("no page has an error", async () => {
    const paths = [
      "/",
      "/matrix",
      "/alarms",
      "/silences",
      "/rules",
      "/outbox",
      "/start",
      "/users",
      "/audit",
      "/s/shop/checkout",
    ]
    for (const path of paths) {
      const response = await page.goto(product.dashboardUrl + path)
      expect([path, response?.status()]).toEqual([path, 200])
      await page.getByRole("heading").first().waitFor()
    }
    expect(faults).toEqual([])
  })
})

it("when the script stops, an absence alarm arrives by mail with a picture, and resolves when it is back", async () => {
  await until(
    async () => {
      const { entries } = await ask(product, "catalog", { metric: "order.paid" })
      const entry = entries[0]
      return entry !== undefined && entry.lastSeen - entry.firstSeen > 25_000
    },
    "half a minute of reports",
    60_000,
  )
  shop.kill("SIGKILL")
  const alarm = await until(
    async () => (await alarms()).find((one) => absence(one) && one.state === "firing"),
    "the alarm",
    60_000,
  )
  expect(alarm.title).toMatch(/shop\/checkout has sent nothing for \d+ s/)
  if (chromiumPath !== undefined) {
    await page.goto(`${product.dashboardUrl}/alarms/${alarm.id}`)
    await page.getByText("has sent nothing for").first().waitFor()
  }
  const mail = await until(async () => mails.find((one) => one.subject?.includes("shop/checkout")), "the mail", 20_000)
  expect(mail.subject).toMatch(/firing/)
  expect(mail.text).toContain(`${product.dashboardUrl}/incidents/${alarm.incidentId}`)
  const picture = mail.attachments.find((part) => part.contentType === "image/png")
  expect(picture?.content.subarray(1, 4).toString()).toBe("PNG")
  expect(picture?.content.length).toBeGreaterThan(2_000)
  shop = startShop(product)
  await until(
    async () => (await alarms()).some((one) => one.id === alarm.id && one.state === "resolved"),
    "the end of the alarm",
    40_000,
  )
  const steps = (await history(alarm.id)).map((event) => event.to)
  expect(steps).toEqual(expect.arrayContaining(["firing", "resolved"]))
  await until(
    async () => mails.some((one) => one.subject?.match(/resolved.*shop\/checkout/)),
    "the mail of the end",
    20_000,
  )
})

it("Ctrl-C stops everything and leaves no process", async () => {
  shop.kill("SIGKILL")
  expect(await product.stop()).toBe(0)
  const refused = await Promise.all(
    [product.dashboardUrl, product.collectorUrl, product.alertingUrl].map((url) =>
      fetch(url).then(
        () => url,
        () => "refused",
      ),
    ),
  )
  expect(refused).toEqual(["refused", "refused", "refused"])
})
