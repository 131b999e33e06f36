import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startTestEngine, type TestEngine } from "./engine/testing.ts"
import { ask, startTestCollector, testAgent } from "./testing.ts"

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
    await collector.context.http.inject("/healthz")
    const { entries } = await ask(collector.url, "catalog", { search: "order" })
    expect(entries).toMatchObject([{ metric: "order.paid", service: "shop", versions: ["2.0", "1.0"], seriesCount: 2 }])
    await agent.stop()
  })
})
