import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { type Agent, createAgent } from "./agent.ts"
import { type StubReply, startStub } from "./collector.test-stub.ts"
import type { AgentOptions } from "./options.ts"

let spool: string
let stub: Awaited<ReturnType<typeof startStub>>
const troubles: string[] = []
const agents: Agent[] = []

beforeEach(async () => {
  troubles.length = 0
  spool = mkdtempSync(join(tmpdir(), "ossagent-agent-"))
  stub = await startStub()
})
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.stop(0)
  await stub.close()
  rmSync(spool, { recursive: true, force: true })
})

/** Flushes by itself only once a minute: the tests flush. */
function start(options: Partial<AgentOptions> = {}): Agent {
  const given = { service: "shop", version: "8.0.1", collector: stub.url, key: "k", spool, builtIn: false } as const
  const agent = createAgent({ ...given, flushMs: 60_000, onTrouble: (message) => troubles.push(message), ...options })
  agents.push(agent)
  return agent
}

const answer = (...replies: StubReply[]): void => void stub.replies.push(...replies)
const error = (code: string, more: object = {}): unknown => ({ error: { code, message: "why", ...more } })
const framesAre = (count: number) => vi.waitFor(() => expect(stub.frames.length).toBeGreaterThanOrEqual(count), 10_000)

test("what is emitted arrives, named once", async () => {
  const agent = start()
  const paid = agent.counter("order.paid", { unit: "{order}" }).with({ version: "7.9.0", route: "/pay" })
  paid.inc(3)
  agent.event("shake.matched", "u1", { city: "Bonn" })
  agent.exception(new RangeError("too far"))
  await agent.flush()
  paid.inc(4)
  await agent.flush()
  expect(stub.sums()["order.paid"]).toBe(7)
  const series = stub.frames.flatMap(({ named }) => named).filter((one) => one.series.metric === "order.paid")
  expect(series).toHaveLength(1)
  expect(series[0]?.series).toMatchObject({ service: "shop", version: "7.9.0", labels: { route: "/pay" } })
  const items = stub.frames[0]?.items.flatMap((one) => one.items)
  expect(items).toMatchObject([
    { name: "shake.matched", props: { city: "Bonn" } },
    { type: "RangeError", count: 1 },
  ])
})

test("a flush ends although its own sending emits", async () => {
  const agent = start({ flushMs: 100 })
  agent.counter("c").inc()
  await framesAre(3)
  const before = stub.frames.length
  await agent.flush()
  expect(stub.frames.length - before).toBeLessThanOrEqual(2)
})

test("a collector that knows no names is given them again, under the same number", async () => {
  const agent = start()
  const counter = agent.counter("c")
  counter.inc(1)
  await agent.flush()
  answer({ status: 409, body: error("unknown_series") })
  counter.inc(2)
  await agent.flush()
  const [, refused, again] = stub.frames
  expect(refused?.named.map(({ series }) => series.metric)).not.toContain("c")
  expect(again?.named.map(({ series }) => series.metric)).toContain("c")
  expect(again?.header).toEqual(refused?.header)
  expect(stub.sums().c).toBe(3)
})

test("a frame that stays unknown although named is dropped and counted", async () => {
  const agent = start()
  answer(...Array.from({ length: 2 }, () => ({ status: 409, body: error("unknown_series") })))
  agent.counter("c").inc()
  await agent.flush()
  await agent.flush()
  expect(stub.frames).toHaveLength(3)
  expect(stub.sums()["agent.dropped"]).toBeGreaterThan(0)
  expect(troubles.join()).toMatch("refused a frame")
})

test("a clock that is ahead is corrected, in the waiting frame too", async () => {
  const agent = start()
  const collectorNow = Date.now() - 3_600_000
  answer({ status: 422, body: error("clock_ahead", { now: collectorNow }) })
  answer({ status: 200, body: { accepted: 1, now: collectorNow } })
  agent.counter("c").inc(5)
  await agent.flush()
  const [ahead, right] = stub.frames
  expect((right?.points[0]?.second ?? 0) - (ahead?.points[0]?.second ?? 0)).toBe(-3_600)
  expect(right?.header).toEqual(ahead?.header)
  expect(Math.abs(agent.now() - collectorNow)).toBeLessThan(5_000)
  expect(stub.sums().c).toBe(5)
})

test("Retry-After is kept to, and the frame is sent again as it was", async () => {
  const agent = start({ flushMs: 100 })
  answer({ status: 429, body: error("busy"), headers: { "retry-after": "1" } })
  agent.counter("c").inc(2)
  await framesAre(1)
  const at = performance.now()
  await framesAre(2)
  expect(performance.now() - at).toBeGreaterThan(900)
  expect(stub.frames[1]?.header).toEqual(stub.frames[0]?.header)
  expect(stub.frames[1]?.points).toEqual(stub.frames[0]?.points)
  await vi.waitFor(() => expect(stub.sums().c).toBe(2))
})

test("a reply that asks for slower flushes is obeyed", async () => {
  const agent = start({ flushMs: 100 })
  const slower = { status: 200, body: { accepted: 1, now: Date.now(), flushMs: 60_000 } }
  answer(...Array.from({ length: 20 }, () => slower))
  await framesAre(1)
  await agent.flush()
  const before = stub.frames.length
  await new Promise((resolve) => setTimeout(resolve, 500)) // a span in which nothing may happen
  expect(stub.frames.length - before).toBeLessThanOrEqual(1)
})

test("stop spools what cannot be sent, and the next process sends it with its names", async () => {
  const away = start({ collector: "http://127.0.0.1:1" })
  away.counter("c").inc(9)
  await away.stop()
  expect(readdirSync(spool).length).toBeGreaterThan(0)
  const next = start()
  await next.flush()
  expect(stub.sums().c).toBe(9)
  expect(stub.frames.find(({ header }) => header.selfContained)).toBeDefined()
  expect(readdirSync(spool)).toEqual([])
})

test("a process that exits spools at once, without waiting", () => {
  const agent = start({ collector: "http://127.0.0.1:1" })
  agent.counter("c").inc()
  agent.spill()
  expect(readdirSync(spool)).toHaveLength(1)
})

test("a host's own callback that throws costs its own figure only", async () => {
  const agent = start()
  agent.gauge("broken", () => {
    throw new Error("host")
  })
  agent.gauge("whole", () => 5)
  await agent.flush()
  expect(stub.sums()).toMatchObject({ whole: 5 })
  expect(stub.sums()).not.toHaveProperty("broken")
})

test("10,000 changed series arrive whole, in frames of a bounded size", async () => {
  const agent = start()
  for (let metric = 0; metric < 10; metric++) {
    for (let i = 0; i < 1_000; i++) agent.counter(`m${metric}`).with({ i }).inc()
  }
  await agent.flush()
  const sums = stub.sums()
  for (let metric = 0; metric < 10; metric++) expect(sums[`m${metric}`]).toBe(1_000)
  expect(Math.max(...stub.frames.map(({ points }) => points.length))).toBeLessThanOrEqual(1_000)
  expect(Math.max(...stub.frames.map(({ named }) => named.length))).toBe(250)
})

test("a frame that was made before the machine's clock was put right is moved to now, and nothing is sent for ever", async () => {
  const agent = start()
  const now = Date.now()
  answer({ status: 200, body: { accepted: 1, now: now - 3_600_000 } }) // the first reply tells the right time
  answer({ status: 422, body: error("clock_ahead", { now: now - 7_200_000 }) })
  agent.counter("c").inc()
  await agent.flush()
  agent.counter("c").inc()
  await agent.flush()
  expect(stub.frames.length).toBeLessThan(6)
  expect(stub.sums().c).toBe(2)
  answer(...Array.from({ length: 3 }, () => ({ status: 422, body: error("clock_ahead", { now: now - 7_200_000 }) })))
  agent.counter("c").inc()
  await agent.flush()
  expect(troubles.join()).toContain("refused a frame") // moved once and still ahead: it is dropped and said
})

test("spooled points of a clock that was ahead are moved too", async () => {
  const away = start({ collector: "http://127.0.0.1:1" })
  away.counter("c").inc(9)
  await away.stop()
  const collectorNow = Date.now() - 3_600_000
  answer({ status: 200, body: { accepted: 1, now: collectorNow } })
  answer({ status: 422, body: error("clock_ahead", { now: collectorNow }) })
  const next = start()
  next.counter("d").inc()
  await next.flush()
  expect(stub.sums().c).toBe(9)
  const spooled = stub.frames.filter(({ header }) => header.selfContained)
  expect((spooled[1]?.points[0]?.second ?? 0) * 1000).toBeLessThanOrEqual(collectorNow)
  expect(readdirSync(spool)).toEqual([])
})

test("names of metrics made of user data are folded into other, and counted", async () => {
  const agent = start()
  for (let i = 0; i < 6_000; i++) agent.counter(`user.${i}`).inc()
  await agent.flush()
  await agent.flush()
  const metrics = new Set(stub.frames.flatMap(({ named }) => named.map(({ series }) => series.metric)))
  expect(metrics.size).toBeLessThanOrEqual(5_010)
  expect(stub.sums().other).toBeGreaterThan(990)
  expect(stub.sums()["agent.refused"]).toBeGreaterThan(990)
})

test("a gauge that is asked for again with a new callback is read once, by the newest", async () => {
  const agent = start()
  for (let i = 1; i <= 100; i++) agent.gauge("depth", () => i)
  await agent.flush()
  expect(stub.sums().depth).toBe(100)
})
