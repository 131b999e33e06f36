import { expect, it } from "vitest"
import { createAgent } from "../index.ts"

it("a row of ever smaller values widens the window of buckets no further than their range asks for", () => {
  const agent = createAgent({ service: "s", collector: "http://127.0.0.1:1", key: "k", spool: false, builtIn: false })
  const timer = agent.timer("t")
  for (let i = 0; i < 200; i++) timer.record(1_000 * 0.98 ** i)
  expect(timer.count).toBe(200)
  expect(timer.buckets.reduce((sum, count) => sum + count, 0)).toBe(200)
  expect(timer.buckets.length).toBeLessThanOrEqual(512)
  void agent.stop(0)
})
