import { createPointGroup, encodeFrame, encodeNames, encodePoints, SECTION } from "@ossagent/wire"
import { afterAll, beforeAll, expect, it } from "vitest"
import { startTestEngine, type TestEngine } from "../engine/testing.ts"
import { ask, INGEST_KEY, startTestCollector, testAgent } from "../testing.ts"

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

const HOUR_MS = 3_600_000
const base = {
  subsystem: "main",
  version: "1.0",
  host: "h1",
  metric: "paid",
  kind: "counter",
  unit: "",
  labels: {},
} as const

/** A frame of one counter at that second, as a spool has kept it. */
async function tell(service: string, second: number): Promise<void> {
  const group = createPointGroup("counter", 1)
  group.ids[0] = 1
  group.sum[0] = 3
  group.length = 1
  const sections = [
    { type: SECTION.names, body: encodeNames([{ id: 1, series: { ...base, service } }]) },
    { type: SECTION.points, body: encodePoints(second, [group]) },
  ]
  const header = {
    agent: service.padEnd(32, "0").replace(/[^0-9a-f]/g, "a"),
    epoch: 1,
    sequence: 1,
    selfContained: true,
  }
  const answer = await fetch(`${collector.url}/v1/frames`, {
    method: "POST",
    headers: { authorization: `Bearer ${INGEST_KEY}`, "content-type": "application/x-ossagent-frame" },
    body: encodeFrame(header, sections),
  })
  expect(await answer.json()).toMatchObject({ accepted: 1 })
}

it("a series whose points come late is as old as they are: an error of its service is new, and no first one", async () => {
  const at = Math.floor((Date.now() - 2 * HOUR_MS) / 1_000)
  await tell("late", at)
  await tell("fresh", Math.floor(Date.now() / 1_000))
  const { entries } = await ask(collector.url, "catalog", { metric: "paid" })
  const since = Object.fromEntries(entries.map(({ service, firstSeen }) => [service, firstSeen]))
  expect(since.late).toBe(at * 1_000)
  expect(since.fresh).toBeGreaterThan(Date.now() - HOUR_MS)
  for (const service of ["late", "fresh"]) {
    const agent = testAgent(collector.url, { service })
    agent.exception(new Error(`no stock in ${service}`))
    await agent.stop()
  }
  const { rows } = await ask(collector.url, "exceptions", {
    from: Date.now() - HOUR_MS,
    to: Date.now() + 60_000,
    steps: 1,
  })
  expect(Object.fromEntries(rows.map(({ service, isNew }) => [service, isNew]))).toEqual({ late: true, fresh: false })
})
