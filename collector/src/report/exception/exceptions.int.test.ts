import { randomBytes } from "node:crypto"
import {
  type ExceptionRow,
  type ExceptionsQuestion,
  encodeFrame,
  encodeItems,
  type FrameException,
  SECTION,
} from "@ossagent/wire"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { connect, startTestEngine, type TestEngine } from "../../engine/testing.ts"
import { ask, INGEST_KEY, startTestCollector } from "../../testing.ts"

const MINUTE = 60_000
let engine: TestEngine
let collector: Awaited<ReturnType<typeof startTestCollector>>
const now = Date.now()

/** Services as the catalog knew them before: `shop` runs for a day in three versions, `fresh` for five minutes. */
const KNOWN = [
  ["shop", "8.0.0", 24 * 60],
  ["shop", "8.0.1", 10 * 60],
  ["shop", "8.0.2", 30],
  ["fresh", "1.0", 5],
] as const

beforeAll(async () => {
  engine = await startTestEngine()
  const first = await startTestCollector(engine)
  await first.stop()
  const client = connect(engine)
  const seen = (minutesAgo: number) => Math.floor((now - minutesAgo * MINUTE) / 1_000)
  const values = KNOWN.map(([service, version, ago]) => ({
    ...{ metric: "agent.waiting.memory", service, subsystem: "main", version, host: "h1", kind: "gauge" },
    ...{ labels: {}, unit: "By", first_seen: seen(ago), last_seen: seen(0) },
  }))
  await client.insert({ table: "series", values, format: "JSONEachRow" })
  await client.close()
  collector = await startTestCollector(engine, { OSSAGENT_BATCH_MS: "300" })
})
afterAll(async () => {
  await collector.stop()
  await engine.stop()
})

type Sent = FrameException & { service: string; subsystem: string }
const sent: Sent[] = []
let sequence = 0
const agent = randomBytes(16).toString("hex")

async function send(items: readonly Sent[], keep = true): Promise<{ accepted: number; refused?: unknown }> {
  const sections = items.map(({ service, subsystem, ...item }) => ({
    type: SECTION.exceptions,
    body: encodeItems({ service, subsystem, host: "h1", items: [item] }),
  }))
  const frame = encodeFrame({ agent, epoch: 1, sequence: ++sequence, selfContained: true }, sections)
  const headers = { authorization: `Bearer ${INGEST_KEY}`, "content-type": "application/x-ossagent-frame" }
  const answer = await fetch(`${collector.url}/v1/frames`, { method: "POST", headers, body: Buffer.from(frame) })
  expect(answer.status).toBe(200)
  if (keep) sent.push(...items)
  return (await answer.json()) as { accepted: number }
}

const one = (more: Partial<Sent> = {}): Sent => ({
  ...{ service: "shop", subsystem: "checkout", fingerprint: "00000000000000f0", type: "TypeError" },
  ...{ message: "no price", stack: "TypeError: no price\n    at pay (pay.ts:41:7)", place: "pay.ts:41" },
  ...{ version: "8.0.2", count: 1, users: [], at: now - MINUTE },
  ...more,
})

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T
const user = (): string =>
  Math.floor(Math.random() * 60)
    .toString(16)
    .padStart(16, "0")

const random = (): Sent =>
  one({
    service: pick(["shop", "fresh"]),
    subsystem: pick(["checkout", "cart"]),
    fingerprint: pick(["a", "b", "c", "d", "e", "f"]).repeat(16),
    version: pick(["8.0.0", "8.0.1", "8.0.2"]),
    count: 1 + Math.floor(Math.random() * 5),
    users: [...new Set(Array.from({ length: Math.floor(Math.random() * 4) }, user))],
    at: now - Math.floor(Math.random() * 180 * MINUTE),
  })

const stored = async (rows: number): Promise<void> => {
  const client = connect(engine)
  await expect
    .poll(
      async () => {
        const found = await client.query({ query: "SELECT count() AS n FROM exceptions", format: "JSONEachRow" })
        return Number(((await found.json()) as { n: string }[])[0]?.n)
      },
      { timeout: 15_000 },
    )
    .toBeGreaterThanOrEqual(rows)
  await client.close()
}

type Figures = Pick<
  ExceptionRow,
  "service" | "fingerprint" | "count" | "users" | "total" | "firstSeen" | "lastSeen" | "versions" | "counts"
>

/** The answer by going through all that was sent. */
function expected({ service, subsystem, version, from, to, steps = 30 }: ExceptionsQuestion): Figures[] {
  const stepMs = Math.ceil((to - from) / steps)
  const isWanted = (item: Sent): boolean =>
    item.at >= from &&
    item.at < to &&
    (service ?? item.service) === item.service &&
    (subsystem ?? item.subsystem) === item.subsystem &&
    (version ?? item.version) === item.version
  const keys = new Set(sent.filter(isWanted).map((item) => `${item.service} ${item.fingerprint}`))
  const figures = [...keys].map((key): Figures => {
    const all = sent.filter((item) => `${item.service} ${item.fingerprint}` === key)
    const wanted = all.filter(isWanted)
    const counts = new Array<number>(Math.ceil((to - from) / stepMs)).fill(0)
    for (const { at, count } of wanted)
      counts[Math.floor((at - from) / stepMs)] = (counts[Math.floor((at - from) / stepMs)] ?? 0) + count
    const sum = (items: readonly Sent[]) => items.reduce((total, { count }) => total + count, 0)
    const usersOf = (items: readonly Sent[]) => new Set(items.flatMap(({ users }) => users)).size
    return {
      ...{ service: key.split(" ")[0] as string, fingerprint: key.split(" ")[1] as string },
      ...{ count: sum(wanted), users: usersOf(wanted), total: { count: sum(all), users: usersOf(all) } },
      firstSeen: Math.min(...all.map(({ at }) => at)),
      lastSeen: Math.max(...all.map(({ at }) => at)),
      versions: [...new Set(wanted.map((item) => item.version))].sort().reverse(),
      counts,
    }
  })
  return figures.sort(byKey)
}
const byKey = (a: Figures, b: Figures): number => (a.service + a.fingerprint < b.service + b.fingerprint ? -1 : 1)

const figuresOf = (rows: readonly ExceptionRow[]): Figures[] =>
  rows
    .map(({ service, fingerprint, count, users, total, firstSeen, lastSeen, versions, counts }) => ({
      ...{ service, fingerprint, count, users, total, firstSeen, lastSeen, versions, counts },
    }))
    .sort(byKey)

describe("the report of exceptions", () => {
  it("answers what was sent, wherever it lies by now, for any filter and stretch of time", async () => {
    await send(Array.from({ length: 300 }, random))
    await stored(300)
    await send(Array.from({ length: 200 }, random))
    const questions: ExceptionsQuestion[] = [
      { from: now - 200 * MINUTE, to: now + MINUTE },
      { from: now - 30 * MINUTE, to: now, service: "shop" },
      { from: now - 90 * MINUTE, to: now - 20 * MINUTE, version: "8.0.1", steps: 7 },
      { from: now - 5 * MINUTE, to: now, subsystem: "cart", service: "fresh", version: "8.0.0" },
    ]
    for (const question of questions) {
      const { rows, leftOff } = await ask(collector.url, "exceptions", question)
      expect(figuresOf(rows)).toEqual(expected(question))
      expect(leftOff).toBe(0)
    }
  })

  it("of an error whose newest occurrences are not asked for, the total knows them all the same", async () => {
    const old = one({
      service: "fresh",
      fingerprint: "9".repeat(16),
      version: "1.0",
      at: now - 150 * MINUTE,
      users: [user()],
    })
    await send([old])
    await stored(sent.length)
    await send([{ ...old, version: "1.1", at: now - MINUTE, count: 7, users: [user(), "f".repeat(16)] }])
    const question = { from: now - 160 * MINUTE, to: now - 140 * MINUTE, service: "fresh", version: "1.0" }
    const { rows } = await ask(collector.url, "exceptions", question)
    expect(figuresOf(rows)).toEqual(expected(question))
    expect(rows.find((row) => row.fingerprint === old.fingerprint)?.total.count).toBe(8)
  })

  it("tells one error in full: each of its versions, and the newest sample", async () => {
    const question = { service: "shop", fingerprint: "a".repeat(16), from: now - 60 * MINUTE, to: now, steps: 6 }
    await send([one({ fingerprint: question.fingerprint, at: now - 1, stack: "the newest", version: "8.0.1" })])
    const { row, versions, sample } = await ask(collector.url, "exception", question)
    const [wanted] = expected({ ...question }).filter(({ fingerprint }) => fingerprint === question.fingerprint)
    expect(figuresOf([row])).toEqual([wanted])
    expect(sample).toMatchObject({ stack: "the newest", version: "8.0.1", host: "h1", at: now - 1 })
    for (const { version, count, users, firstSeen, lastSeen, counts } of versions) {
      const all = sent.filter(
        (item) => item.service === "shop" && item.fingerprint === question.fingerprint && item.version === version,
      )
      expect({ count, users, firstSeen, lastSeen }).toEqual({
        count: all.reduce((sum, item) => sum + item.count, 0),
        users: new Set(all.flatMap((item) => item.users)).size,
        firstSeen: Math.min(...all.map(({ at }) => at)),
        lastSeen: Math.max(...all.map(({ at }) => at)),
      })
      expect(counts.reduce((a, b) => a + b)).toBe(
        all.filter(({ at }) => at >= question.from && at < question.to).reduce((sum, item) => sum + item.count, 0),
      )
    }
    expect(versions.map(({ version }) => version).sort()).toEqual(["8.0.0", "8.0.1", "8.0.2"])
    const old = await ask(collector.url, "exception", { ...question, from: 1_000, to: 2_000 })
    expect(old.row).toMatchObject({ count: 0, total: row.total, versionBefore: null })
  })

  it("an error is new when it came after the service's first minutes, and names the version before", async () => {
    const fingerprint = "1".repeat(16)
    await send([one({ fingerprint }), one({ fingerprint, service: "fresh" }), one({ fingerprint, service: "unknown" })])
    const old = one({ fingerprint: "2".repeat(16), version: "8.0.1", at: now - 100 * MINUTE })
    await send([old, { ...old, version: "8.0.2", at: now - MINUTE }])
    const { rows } = await ask(collector.url, "exceptions", { from: now - 10 * MINUTE, to: now + 1, limit: 1_000 })
    const isNew = (service: string, print: string) =>
      rows.find((row) => row.service === service && row.fingerprint === print)
    expect(isNew("shop", fingerprint)).toMatchObject({ isNew: true, firstVersion: "8.0.2", versionBefore: "8.0.1" })
    expect(isNew("fresh", fingerprint)).toMatchObject({ isNew: false, versionBefore: "1.0" })
    expect(isNew("unknown", fingerprint)).toMatchObject({ isNew: false })
    expect(isNew("shop", old.fingerprint)).toMatchObject({
      isNew: false,
      firstVersion: "8.0.1",
      versionBefore: "8.0.0",
    })
    expect(rows[0]?.isNew).toBe(true)
    const fresh = { from: now - 10 * MINUTE, to: now + 1, newSince: now - 15 * MINUTE }
    const news = (await ask(collector.url, "exceptions", fresh)).rows
    expect(news.map((row) => [row.service, row.fingerprint])).toEqual([["shop", fingerprint]])
  })

  it("what is not in the stated form is left out and said, also from a hostile sender; old agents' form is taken", async () => {
    const wrong = [
      one({ users: ["ann@example.com"] }),
      one({ stack: "x".repeat(10_001) }),
      one({ count: 0 }),
      one({ at: -1 }),
      one({ place: "x".repeat(301) }),
    ]
    const reply = await send(wrong, false)
    expect(reply).toMatchObject({ accepted: 0 })
    expect(reply.refused).toEqual(
      ["users.0", "stack", "count", "at", "place"].map((field) => ({
        reason: `an event or exception whose ${field} is wrong`,
        count: 1,
      })),
    )
    const { place: _, users: __, ...before } = one({ fingerprint: "3".repeat(16) })
    expect(await send([before as Sent])).toMatchObject({ accepted: 1 })
    // more days than ClickHouse takes partitions in one insert
    await send(
      Array.from({ length: 150 }, (_, day) => one({ fingerprint: "4".repeat(16), at: now - day * 86_400_000 })),
    )
    await stored(sent.length - 70)
    await expect(ask(collector.url, "exceptions", { from: 2, to: 1 })).rejects.toThrow(/to must be after from/)
    await expect(
      ask(collector.url, "exception", { service: "shop", fingerprint: "nowhere", from: 1, to: 2 }),
    ).rejects.toMatchObject({ code: "unknown_exception", status: 404 })
  })
})
