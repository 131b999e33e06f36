/** From `inc()` to the report and to a live stream, at two loads. */
import { randomBytes } from "node:crypto"
import { request } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { createAgent } from "@ossagent/agent"
import { createPointGroup, encodeFrame, encodeNames, encodePoints, type LiveEvent, SECTION } from "@ossagent/wire"
import { atMost, quantile, report, stated } from "./result.ts"
import { INGEST_KEY, READ_TOKEN, type Stack, startStack } from "./stack.ts"

const SAMPLES = 60
const auth = { authorization: `Bearer ${READ_TOKEN}`, "content-type": "application/json" }

/** Points of other services, `rate` a second, until stopped. */
function startLoad(stack: Stack, rate: number): () => void {
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
    const headers = { authorization: `Bearer ${INGEST_KEY}`, "content-type": "application/x-ossagent-frame" }
    void fetch(`${stack.collectorUrl}/v1/frames`, { method: "POST", headers, body: Buffer.from(body) }).then((answer) =>
      answer.text(),
    )
  }, 1_000)
  return () => clearInterval(timer)
}

async function totalOf(stack: Stack, metric: string): Promise<number> {
  const question = { metric, from: Date.now() - 60_000, to: Date.now() + 1_000, stepSec: 1, stats: ["sum"] }
  const answer = await fetch(`${stack.collectorUrl}/v1/report/range`, {
    method: "POST",
    headers: auth,
    body: JSON.stringify(question),
  })
  if (!answer.ok) return 0
  const { series } = (await answer.json()) as { series: { values: { sum: (number | null)[] } }[] }
  return (series[0]?.values.sum ?? []).reduce<number>((sum, value) => sum + (value ?? 0), 0)
}

/** Calls `seen` with every live event of the metric, as the browser's stream hands them on. */
function follow(stack: Stack, metric: string, seen: (event: LiveEvent) => void): () => void {
  const call = request(`${stack.collectorUrl}/v1/report/live`, { method: "POST", headers: auth }, (response) => {
    let rest = ""
    response.setEncoding("utf8")
    response.on("data", (part: string) => {
      const lines = (rest + part).split("\n\n")
      rest = lines.pop() as string
      for (const line of lines) if (line.startsWith("data: ")) seen(JSON.parse(line.slice(6)) as LiveEvent)
    })
  })
  call.on("error", () => undefined)
  call.end(JSON.stringify({ questions: [{ id: "f", metric, stats: ["sum"] }] }))
  return () => call.destroy()
}

async function measure(rate: number): Promise<{ toReport: number[]; toStream: number[] }> {
  const stack = await startStack()
  const stopLoad = startLoad(stack, rate)
  await sleep(3_000)
  const agent = createAgent({ service: "fresh", collector: stack.collectorUrl, key: INGEST_KEY, spool: false })
  const toReport: number[] = []
  const toStream: number[] = []
  for (let sample = 0; sample < SAMPLES; sample++) {
    // A metric of its own each time, at any moment of the agent's second.
    const metric = `fresh.${sample}`
    await sleep(200 + Math.random() * 1_000)
    let streamed = 0
    const unfollow = follow(stack, metric, (event) => {
      if (event.series.length > 0 && streamed === 0) streamed = Date.now()
    })
    const from = Date.now()
    agent.counter(metric).inc()
    while ((await totalOf(stack, metric)) === 0) await sleep(5)
    toReport.push(Date.now() - from)
    while (streamed === 0) await sleep(5)
    toStream.push(streamed - from)
    unfollow()
  }
  await agent.stop()
  stopLoad()
  await stack.stop()
  return { toReport, toStream }
}

const low = await measure(1_000)
const high = await measure(50_000)
const figures = [low, high].flatMap(({ toReport, toStream }, at) => {
  const load = at === 0 ? "1,000 points/s" : "50,000 points/s"
  return [
    stated(`to the report, p50, at ${load}`, quantile(toReport, 0.5) / 1000, "s"),
    atMost(`to the report, p99, at ${load}`, quantile(toReport, 0.99) / 1000, "s", 2),
    stated(`to the live stream that the browser reads, p50, at ${load}`, quantile(toStream, 0.5) / 1000, "s"),
    atMost(`to the live stream that the browser reads, p99, at ${load}`, quantile(toStream, 0.99) / 1000, "s", 2),
  ]
})
report({
  name: "freshness",
  about: `From \`inc()\` on a new metric of a real agent to the first answer that holds it, ${SAMPLES} samples at each load, at random moments of the agent's second; the report is asked every few milliseconds, the stream pushes twice a second.`,
  runs: 1,
  versions: {},
  figures,
})
