import { randomBytes } from "node:crypto"
import {
  createPointGroup,
  type ErrorAnswer,
  encodeFrame,
  encodeNames,
  encodePoints,
  type FrameReply,
  SECTION,
  type Series,
} from "@ossagent/wire"
import fc from "fast-check"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { startTestEngine, type TestEngine } from "./engine/testing.ts"
import { ask, INGEST_KEY, READ_TOKEN, startTestCollector, testAgent } from "./testing.ts"

let engine: TestEngine
let collector: Awaited<ReturnType<typeof startTestCollector>>
beforeAll(async () => {
  engine = await startTestEngine()
  collector = await startTestCollector(engine, { OSSAGENT_FRAME_BYTES: "3000000" })
})
afterAll(async () => {
  await collector?.stop()
  await engine?.stop()
})

const AGENT = randomBytes(16).toString("hex")
let sequence = 0
const second = () => Math.floor(Date.now() / 1000)
const series = (over: Partial<Series> = {}): Series => ({
  service: "bad",
  subsystem: "main",
  version: "1",
  host: "h",
  metric: "bad.input",
  kind: "counter",
  unit: "",
  labels: {},
  ...over,
})

function frameOf(values: { series: Series; value: number }[], at = second()): Uint8Array {
  const group = createPointGroup("counter", values.length)
  group.length = values.length
  values.forEach(({ value }, i) => {
    group.ids[i] = i + 1
    group.sum[i] = value
  })
  const names = encodeNames(values.map((one, i) => ({ id: i + 1, series: one.series })))
  return encodeFrame({ agent: AGENT, epoch: 1, sequence: ++sequence, selfContained: true }, [
    { type: SECTION.names, body: names },
    { type: SECTION.points, body: encodePoints(at, [group]) },
  ])
}

async function send(
  frame: Uint8Array,
  key = INGEST_KEY,
): Promise<{ status: number; reply: FrameReply; error: ErrorAnswer["error"] & { now?: number } }> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/x-ossagent-frame" }
  const response = await fetch(`${collector.url}/v1/frames`, { method: "POST", headers, body: Buffer.from(frame) })
  const body = (await response.json()) as FrameReply & ErrorAnswer
  return { status: response.status, reply: body, error: body.error }
}

const good = () => frameOf([{ series: series(), value: 1 }])

/** After each piece of bad input the collector goes on to take good frames. */
afterEach(async () => {
  expect(await send(good())).toMatchObject({ status: 200, reply: { accepted: 1 } })
})

describe("a bad frame gets a clear error, and the collector lives", () => {
  it("wrong key", async () => {
    expect(await send(good(), "not-the-key-at-all")).toMatchObject({ status: 401, error: { code: "unauthorized" } })
    expect(await send(good(), READ_TOKEN)).toMatchObject({ status: 403, error: { code: "forbidden" } })
  })

  it("too large", async () => {
    expect(await send(new Uint8Array(3_000_001))).toMatchObject({ status: 413, error: { code: "too_large" } })
  })

  it("truncated anywhere", async () => {
    const frame = good()
    for (const length of [0, 3, 4, 20, 25, frame.length - 1]) {
      expect(await send(frame.subarray(0, length))).toMatchObject({
        status: 400,
        error: { code: expect.stringMatching(/bad_frame|bad_request/) },
      })
    }
  })

  it("random bytes, and good frames with some of them changed", async () => {
    const noise = fc.uint8Array({ minLength: 0, maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(noise, async (bytes) => {
        expect((await send(bytes)).status).toBe(400)
      }),
      { numRuns: 50 },
    )
    const changes = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(changes, async (some) => {
        const frame = good()
        for (const [at, byte] of some) frame[at % frame.length] = byte
        const { status } = await send(frame)
        expect([200, 400, 409, 422]).toContain(status)
      }),
      { numRuns: 150 },
    )
  })

  it("a clock an hour ahead: refused, with the right time; an hour behind: taken as late", async () => {
    const ahead = await send(frameOf([{ series: series(), value: 1 }], second() + 3_600))
    expect(ahead).toMatchObject({ status: 422, error: { code: "clock_ahead" } })
    expect(Math.abs((ahead.error.now as number) - Date.now())).toBeLessThan(5_000)
    expect(await send(frameOf([{ series: series(), value: 1 }], second() - 3_600))).toMatchObject({
      status: 200,
      reply: { accepted: 1 },
    })
    const old = await send(frameOf([{ series: series(), value: 1 }], second() - 90_000))
    expect(old.reply).toMatchObject({ accepted: 0, refused: [{ reason: "older than a day", count: 1 }] })
  })

  it("NaN, infinity, a metric name of 1 MB, too many labels: left out and said, the rest is stored", async () => {
    const labels = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`l${i}`, "x"]))
    const { status, reply } = await send(
      frameOf([
        { series: series({ metric: "kept" }), value: 5 },
        { series: series({ metric: "nan" }), value: Number.NaN },
        { series: series({ metric: "inf" }), value: Number.POSITIVE_INFINITY },
        { series: series({ metric: "m".repeat(1_000_000) }), value: 1 },
        { series: series({ metric: "labels", labels }), value: 1 },
        { series: series({ metric: "a\u0001b" }), value: 1 },
      ]),
    )
    expect(status).toBe(200)
    expect(reply.accepted).toBe(1)
    expect(reply.refused).toEqual(
      expect.arrayContaining([
        { reason: "not a finite number", count: 2 },
        { reason: "metric has 1000000 characters, at most 128 are taken", count: 1 },
        { reason: "9 labels, at most 8 are taken", count: 1 },
        { reason: "metric has control characters", count: 1 },
      ]),
    )
    const { series: answer } = await ask(collector.url, "range", {
      metric: "kept",
      from: Date.now() - 60_000,
      to: Date.now() + 1_000,
      stats: ["sum"],
      stepSec: 60,
    })
    expect(answer[0]?.values.sum?.reduce((a, b) => (a ?? 0) + (b ?? 0), 0)).toBe(5)
  })

  it("a frame sent twice counts once, also while the first is being written", async () => {
    const frame = frameOf([{ series: series({ metric: "twice" }), value: 1 }])
    const replies = await Promise.all([send(frame), send(frame), send(frame)])
    expect(replies.map(({ reply }) => reply.accepted).sort()).toEqual([0, 0, 1])
    expect((await send(frame)).reply).toMatchObject({ accepted: 0, duplicate: true })
  })

  it("ids that were never named", async () => {
    const group = createPointGroup("counter", 1)
    group.length = 1
    group.ids[0] = 77
    const body = encodePoints(second(), [group])
    const frame = encodeFrame({ agent: AGENT, epoch: 9, sequence: 1, selfContained: false }, [
      { type: SECTION.points, body },
    ])
    expect(await send(frame)).toMatchObject({ status: 409, error: { code: "unknown_series" } })
  })
})

describe("a bad question gets a clear error", () => {
  const hour = () => ({ from: Date.now() - 3_600_000, to: Date.now() })

  it("unknown metric", async () => {
    await expect(
      ask(collector.url, "range", { metric: "nobody.knows", ...hour(), stats: ["sum"] }),
    ).rejects.toMatchObject({
      status: 404,
      code: "unknown_metric",
      message: expect.stringContaining('"nobody.knows"'),
    })
  })

  it("ten years at steps of one second", async () => {
    const question = {
      metric: "bad.input",
      from: Date.now() - 10 * 365 * 86_400_000,
      to: Date.now(),
      stepSec: 1,
      stats: ["sum" as const],
    }
    await expect(ask(collector.url, "range", question)).rejects.toMatchObject({
      status: 422,
      code: "too_much",
      message: expect.stringContaining("ask for steps of at least"),
    })
  })

  it("fields that are wrong, by their place", async () => {
    await expect(
      ask(collector.url, "range", { metric: "bad.input", ...hour(), stats: ["mean" as never] }),
    ).rejects.toMatchObject({ code: "bad_request", message: expect.stringContaining("question.stats.0") })
    await expect(
      ask(collector.url, "range", { metric: "bad.input", from: 5, to: 1, stats: ["sum"] }),
    ).rejects.toMatchObject({ message: expect.stringContaining("to must be after from") })
    await expect(
      ask(collector.url, "latest", {
        stats: ["sum"],
        filters: [{ dim: "x); DROP TABLE series; --" as never, op: "in", values: ["a"] }],
      }),
    ).rejects.toMatchObject({ code: "bad_request" })
  })

  it("values that look like SQL are values", async () => {
    const evil = "x') OR 1=1 --\n{metric:String}"
    const agent = testAgent(collector.url)
    agent.counter("evil").with({ "it's": evil }).inc(7)
    await agent.flush()
    const question = { metric: "evil", ...hour(), to: Date.now() + 1_000, stats: ["sum" as const], stepSec: 60 }
    const filter = (value: string) => ({
      filters: [{ dim: "label.it's" as const, op: "in" as const, values: [value] }],
    })
    expect((await ask(collector.url, "range", { ...question, ...filter(evil.replace("\n", "")) })).series).toHaveLength(
      1,
    )
    expect((await ask(collector.url, "range", { ...question, ...filter("') OR 1=1 --") })).series).toHaveLength(0)
    await agent.stop()
  })
})
