import { encodeFrame, type LiveEvent } from "@ossagent/wire"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startTestEngine, type TestEngine } from "./engine/testing.ts"
import { ask, INGEST_KEY, READ_TOKEN, startTestCollector, testAgent } from "./testing.ts"

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

const lastMinutes = (minutes: number) => ({ from: Date.now() - minutes * 60_000, to: Date.now() + 2_000 })
const sumOf = (values: (number | null)[] | undefined): number =>
  (values ?? []).reduce<number>((sum, value) => sum + (value ?? 0), 0)

/** A reader of the live stream, until `gone` is aborted. */
async function openLive(questions: object[]): Promise<{ response: Response; gone: AbortController }> {
  const gone = new AbortController()
  const response = await fetch(`${collector.url}/v1/report/live`, {
    method: "POST",
    signal: gone.signal,
    headers: { authorization: `Bearer ${READ_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ questions }),
  })
  return { response, gone }
}

describe("the walk from an agent to a report", () => {
  it("shows a counter at once, split by version, before and after it is stored", async () => {
    const agent = testAgent(collector.url)
    const paid = agent.counter("order.paid", { unit: "{order}" })
    paid.inc(3)
    paid.with({ version: "2.0" }).inc(4)
    await agent.flush()
    const question = { metric: "order.paid", ...lastMinutes(5), stats: ["sum" as const], split: ["version" as const] }
    const before = await ask(collector.url, "range", question)
    expect(before).toMatchObject({ kind: "counter", unit: "{order}" })
    expect(before.series.map((one) => [one.group.version, sumOf(one.values.sum)])).toEqual([
      ["2.0", 4],
      ["1.0", 3],
    ])
    const { entries } = await ask(collector.url, "catalog", { search: "order" })
    expect(entries).toMatchObject([{ metric: "order.paid", service: "shop", versions: ["2.0", "1.0"], seriesCount: 2 }])
    await agent.stop()
  })

  it("answers every statistic of a timer, in a range, a window and a matrix", async () => {
    const agent = testAgent(collector.url)
    const call = agent.timer("call")
    for (let i = 1; i <= 1_000; i++) call.with({ version: i % 2 === 0 ? "even" : "odd", route: "/a" }).record(i)
    await agent.flush()
    const stats = ["count", "sum", "avg", "min", "max", "p50", "p99", "rate"] as const
    const { values } = await ask(collector.url, "latest", {
      metrics: ["call"],
      stats: [...stats],
      windowSec: 60,
      to: Date.now() + 2_000,
    })
    expect(values).toMatchObject({ count: [1_000], sum: [500_500], avg: [500.5], min: [1], max: [1_000] })
    const near = (got: number | null | undefined, wanted: number) =>
      expect(Math.abs((got as number) / wanted - 1)).toBeLessThan(0.022)
    near(values.p50?.[0], 500)
    near(values.p99?.[0], 990)
    const matrix = await ask(collector.url, "matrix", {
      metric: "call",
      stat: "count",
      windowSec: 60,
      to: Date.now() + 2_000,
    })
    expect(matrix).toMatchObject({
      rows: ["main"],
      columns: ["even", "odd"],
      cells: [[500, 500]],
      before: [[null, null]],
    })
    const filtered = await ask(collector.url, "range", {
      metric: "call",
      ...lastMinutes(1),
      stepSec: 60,
      stats: ["count"],
      filters: [
        { dim: "label.route", op: "in", values: ["/a"] },
        { dim: "version", op: "notIn", values: ["odd"] },
      ],
    })
    expect(sumOf(filtered.series[0]?.values.count)).toBe(500)
    await agent.stop()
  })

  it("compares with a day and a week ago, and keeps the largest groups", async () => {
    const agent = testAgent(collector.url)
    for (let i = 1; i <= 5; i++) agent.counter("groups").with({ n: i }).inc(i)
    await agent.flush()
    const answer = await ask(collector.url, "range", {
      metric: "groups",
      ...lastMinutes(10),
      stepSec: 60,
      stats: ["sum"],
      split: ["label.n"],
      top: 2,
      compare: ["1d", "7d"],
    })
    expect(answer.series.map((one) => one.group["label.n"])).toEqual(["5", "4"])
    expect(answer.leftOff).toBe(3)
    expect(sumOf(answer.series[0]?.compare?.["7d"]?.sum)).toBe(0)
    await agent.stop()
  })

  it("streams the newest seconds as they come", async () => {
    const agent = testAgent(collector.url)
    const { response, gone } = await openLive([{ id: "q1", metric: "pulse", stats: ["sum"] }])
    expect(response.headers.get("content-type")).toBe("text/event-stream")
    agent.counter("pulse").inc(9)
    await agent.flush()
    let text = ""
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(part).toString()
      if (/^data: {"id".*\n/m.test(text)) break
    }
    const event = JSON.parse((/^data: ({"id".*)$/m.exec(text) as RegExpExecArray)[1] as string) as LiveEvent
    expect(event).toMatchObject({ id: "q1", kind: "counter", stepSec: 1 })
    expect(sumOf(event.series[0]?.values.sum)).toBe(9)
    gone.abort()
    await agent.stop()
  })

  it("tells readers of the stream that there is a new series", async () => {
    const agent = testAgent(collector.url)
    const { response, gone } = await openLive([])
    const versions: number[] = []
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      for (const [, version] of Buffer.from(part)
        .toString()
        .matchAll(/event: catalog\ndata: {"version":(\d+)}/g)) {
        versions.push(Number(version))
      }
      if (versions.length === 1) {
        agent.counter("newcomer").inc()
        await agent.flush()
      }
      if (versions.length > 1) break
    }
    expect(versions[1]).toBeGreaterThan(versions[0] as number)
    gone.abort()
    await agent.stop()
  })

  it("keeps events and exceptions, and counts equal errors once", async () => {
    const agent = testAgent(collector.url)
    for (let i = 0; i < 3; i++) agent.exception(new TypeError("order 17 has no price"), { version: "8.0.1" })
    agent.event("shake.matched", "u1", { near: true })
    await agent.flush()
    const { rows } = await ask(collector.url, "exceptions", { ...lastMinutes(5), service: "shop" })
    expect(rows).toMatchObject([{ type: "TypeError", message: "order 17 has no price", versions: ["8.0.1"], count: 3 }])
    await agent.stop()
  })
})

describe("when the store does not keep up", () => {
  it("frames are refused once the log is full, none that was acknowledged is lost, and it recovers", async () => {
    const small = await startTestCollector(engine, { OSSAGENT_LOG_BYTES: "1048576", OSSAGENT_BATCH_MS: "300" })
    const agent = testAgent(small.url, { memoryBytes: 64 * 1024 * 1024 })
    process.kill(engine.pid, "SIGSTOP")
    const counters = Array.from({ length: 2_000 }, (_, i) => agent.counter("flood").with({ n: i }))
    let sent = 0
    try {
      for (let round = 0; round < 150; round++) {
        for (const counter of counters) counter.inc(1e9 + round)
        sent += counters.length * (1e9 + round)
        await agent.flush()
      }
      const headers = { authorization: `Bearer ${INGEST_KEY}`, "content-type": "application/x-ossagent-frame" }
      const frame = encodeFrame({ agent: "00".repeat(16), epoch: 1, sequence: 1, selfContained: true }, [])
      const refused = await fetch(`${small.url}/v1/frames`, { method: "POST", headers, body: Buffer.from(frame) })
      expect(refused.status).toBe(429)
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0)
    } finally {
      process.kill(engine.pid, "SIGCONT")
    }
    const question = { metric: "flood", ...lastMinutes(5), stepSec: 60, stats: ["sum" as const] }
    await expect
      .poll(
        async () => {
          await agent.flush()
          return sumOf((await ask(small.url, "range", { ...question, to: Date.now() + 2_000 })).series[0]?.values.sum)
        },
        { timeout: 50_000, interval: 300 },
      )
      .toBe(sent)
    await agent.stop()
    await small.stop()
  })
})
