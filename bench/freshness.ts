/** From `inc()` to the report and to a page in a real browser, of the whole product as `npm start` runs it, at two loads. */
import { randomBytes } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { type Agent, createAgent } from "@ossagent/agent"
import { adminOf, chromiumPath, logIn, openBrowser } from "@ossagent/test/browser"
import { ask, type Product, startProduct } from "@ossagent/test/stack"
import { createPointGroup, encodeFrame, encodeNames, encodePoints, SECTION } from "@ossagent/wire"
import type { Page } from "playwright-core"
import { atMost, quantile, report, stated } from "./result.ts"

const SAMPLES = Number(process.argv[2] ?? 60)

/** Points of other services, `rate` a second, until stopped. */
function startLoad({ collectorUrl, secrets }: Product, rate: number): () => void {
  const agent = randomBytes(16).toString("hex")
  const group = createPointGroup("counter", rate)
  group.length = rate
  const named = Array.from({ length: rate }, (_, i) => {
    group.ids[i] = i + 1
    group.sum[i] = 1 + (i % 50)
    const series = {
      service: `load-${i % 20}`,
      subsystem: "x",
      version: "1",
      host: `h${i % 100}`,
      metric: `m${Math.floor(i / 1000)}`,
      kind: "counter" as const,
      unit: "",
      labels: { n: String(i % 1000) },
    }
    return { id: i + 1, series }
  })
  const names = { type: SECTION.names, body: encodeNames(named) }
  let sequence = 0
  const timer = setInterval(() => {
    const points = { type: SECTION.points, body: encodePoints(Math.floor(Date.now() / 1000) - 1, [group]) }
    const header = { agent, epoch: 1, sequence: ++sequence, selfContained: false }
    const body = encodeFrame(header, sequence === 1 ? [names, points] : [points])
    const headers = { authorization: `Bearer ${secrets.ingestKey}`, "content-type": "application/x-ossagent-frame" }
    void fetch(`${collectorUrl}/v1/frames`, { method: "POST", headers, body: Buffer.from(body) }).then((answer) =>
      answer.text(),
    )
  }, 1_000)
  return () => clearInterval(timer)
}

async function isReported(product: Product, metric: string): Promise<boolean> {
  const question = { metric, from: Date.now() - 60_000, to: Date.now() + 1_000, stepSec: 1, stats: ["sum" as const] }
  const { series } = await ask(product, "range", question)
  return (series?.[0]?.values.sum ?? []).some((sum) => sum !== null)
}

/** At any moment of the agent's second. */
const waitAnyMoment = (): Promise<void> => sleep(200 + Math.random() * 1_000)

interface Measured {
  /** A metric that was never there before, in the report. */
  toReport: number[]
  /** The same, its chart on a page that was open before. */
  toPage: number[]
  /** A new value of a metric that is on the page. */
  toFigure: number[]
}

async function measure(rate: number): Promise<Measured> {
  const product = await startProduct()
  const stopLoad = startLoad(product, rate)
  const agent = createAgent({
    service: "fresh",
    collector: product.collectorUrl,
    key: product.secrets.ingestKey,
    spool: false,
  })
  const browser = await openBrowser()
  const page = await browser.newPage()
  await page.goto(product.dashboardUrl)
  await logIn(page, adminOf(product))
  await page.waitForURL((url) => url.pathname === "/")
  await sleep(3_000)
  const measured: Measured = { toReport: [], toPage: [], toFigure: [] }
  for (let sample = 0; sample < SAMPLES; sample++) {
    const metric = `fresh.report.${sample}`
    await waitAnyMoment()
    const from = Date.now()
    agent.counter(metric).inc()
    while (!(await isReported(product, metric))) await sleep(5)
    measured.toReport.push(Date.now() - from)
  }
  for (let sample = 0; sample < SAMPLES; sample++)
    measured.toPage.push(await timeNewMetric(product, page, agent, sample))
  await page.goto(`${product.dashboardUrl}/m/fresh.level?range=5m&step=1&split=none`)
  for (let sample = 0; sample < SAMPLES; sample++) measured.toFigure.push(await timeNewValue(page, agent, 100 + sample))
  await browser.close()
  await agent.stop()
  stopLoad()
  await product.stop()
  return measured
}

async function timeNewMetric(product: Product, page: Page, agent: Agent, sample: number): Promise<number> {
  const metric = `fresh.page.${sample}`
  await page.goto(`${product.dashboardUrl}/m/${metric}`)
  await page.getByText(`No metric is called ${metric}`).waitFor()
  await waitAnyMoment()
  const from = Date.now()
  agent.counter(metric).inc()
  await page.getByTestId("legend").waitFor()
  return Date.now() - from
}

async function timeNewValue(page: Page, agent: Agent, value: number): Promise<number> {
  await waitAnyMoment()
  const from = Date.now()
  agent.gauge("fresh.level").set(value)
  await page.getByTestId("legend").getByText(String(value), { exact: true }).first().waitFor()
  return Date.now() - from
}

if (chromiumPath === undefined) throw new Error("cannot measure to the browser: name a Chromium in OSSAGENT_CHROMIUM")
const loads = [1_000, 50_000]
const figures = []
for (const rate of loads) {
  const { toReport, toPage, toFigure } = await measure(rate)
  const load = `at ${rate.toLocaleString("en")} points/s`
  for (const [what, times] of [
    ["a new metric to the report", toReport],
    ["a new metric to its page in the browser", toPage],
    ["a new value to the page in the browser", toFigure],
  ] as const) {
    figures.push(stated(`${what}, p50, ${load}`, quantile(times, 0.5) / 1000, "s"))
    figures.push(atMost(`${what}, p99, ${load}`, quantile(times, 0.99) / 1000, "s", 2))
  }
}
report({
  name: "freshness",
  about: `From \`inc()\` or \`set()\` in a real agent until a report, asked every few milliseconds, has it, and until a page that is open in Chromium shows it; ${SAMPLES} samples each, at random moments of the agent's second.`,
  runs: 1,
  versions: {},
  figures,
})
