import pg from "pg"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type RunningPostgres, startTestPostgres } from "../../postgres/index.ts"
import { bucketOf } from "../buckets.ts"
import type { Engine } from "../engine.ts"
import { bytes, createModelEngine, text } from "../test-kit.ts"
import { createPostgresEngine, type PostgresEngine } from "./engine.ts"

let postgres: RunningPostgres
let engine: PostgresEngine
beforeAll(async () => {
  postgres = await startTestPostgres()
  engine = createPostgresEngine({ name: "a", urls: [postgres.url] })
})
afterAll(async () => {
  await engine?.stop()
  await postgres?.stop()
})

const model = createModelEngine("model")

describe.each([
  ["PostgreSQL", (): Engine => engine],
  ["the model that quorum.test.ts and dual.test.ts stand on", (): Engine => model],
])("an engine: %s", (_name, get) => {
  const row = (key: string, more: object = {}) => ({
    store: "s",
    key: bytes(key),
    value: bytes("v"),
    version: 5,
    ...more,
  })
  const write = async (one: ReturnType<typeof row>) => (await get().write([one]))[0]
  const read = async (key: string) => (await get().read([row(key)]))[0]

  it("takes a version that is higher than its own, and no other", async () => {
    expect(await write(row("k1"))).toMatchObject({ done: true, version: 5, found: true })
    expect(await write(row("k1", { version: 4, value: bytes("old") }))).toMatchObject({ done: false, version: 5 })
    expect(await write(row("k1", { value: bytes("other") }))).toMatchObject({ done: false, version: 5 })
    expect(await write(row("k1", { version: 6, value: bytes("new") }))).toMatchObject({ done: true, version: 6 })
    expect(text((await read("k1"))?.value)).toBe("new")
  })

  it("tells a write that comes twice as done both times", async () => {
    expect(await write(row("k2", { ifVersion: 0 }))).toMatchObject({ done: true })
    expect(await write(row("k2", { ifVersion: 0 }))).toMatchObject({ done: true })
    expect(await write(row("k2", { ifVersion: 0, version: 9 }))).toMatchObject({ done: false, version: 5 })
  })

  it("writes on a condition only when it holds, and over a deletion where none is to be there", async () => {
    expect(await write(row("k3", { ifVersion: 3 }))).toMatchObject({ done: false, version: 0, found: false })
    await write(row("k3"))
    expect(await write(row("k3", { version: 7, ifVersion: 4 }))).toMatchObject({ done: false, version: 5 })
    expect(await write(row("k3", { version: 7, ifVersion: 5 }))).toMatchObject({ done: true, version: 7 })
    expect(await write(row("k3", { version: 8, gone: true }))).toMatchObject({ done: true, found: false })
    expect(await read("k3")).toMatchObject({ found: false, version: 8 })
    expect(await write(row("k3", { version: 8, ifVersion: 0 }))).toMatchObject({
      done: false,
      version: 8,
      found: false,
    })
    expect(await write(row("k3", { version: 9, ifVersion: 0 }))).toMatchObject({ done: true, found: true })
  })

  it("answers in the order of what was asked, empty values and one key twice too", async () => {
    const writes = ["x", "z", "y"].map((key, index) => row(key, { version: index + 1, value: bytes("") }))
    expect((await get().write(writes)).map(({ version }) => version)).toEqual([1, 2, 3])
    const twice = [row("w", { version: 1 }), row("w", { version: 2 }), row("w", { version: 1 })]
    expect((await get().write(twice)).map(({ done }) => done)).toEqual([true, true, false])
    const rows = await get().read(["z", "none", "x", "z"].map((key) => row(key)))
    expect(rows.map(({ version }) => version)).toEqual([2, 0, 1, 2])
  })

  it("lets one of many writers of one version succeed", async () => {
    const writes = Array.from({ length: 50 }, (_, index) =>
      row("race", { version: 10 + index, ifVersion: 0, value: bytes(`${index}`) }),
    )
    const rows = await Promise.all(writes.map((one) => get().write([one])))
    expect(rows.filter(([one]) => one?.done)).toHaveLength(1)
  })
})

describe("an engine in PostgreSQL", () => {
  it("commits what comes together in few transactions", async () => {
    const transactions = async (): Promise<number> => {
      const client = new pg.Client(postgres.url)
      await client.connect()
      const { rows } = await client.query<{ n: string }>("SELECT txid_current() AS n")
      await client.end()
      return Number(rows[0]?.n)
    }
    const before = await transactions()
    const keys = Array.from({ length: 3_000 }, (_, index) => bytes(`many ${index}`))
    await Promise.all(keys.map((key) => engine.write([{ store: "s", key, value: key, version: 1 }])))
    expect((await transactions()) - before).toBeLessThan(60)
    const rows = await Promise.all(keys.map((key) => engine.read([{ store: "s", key }])))
    expect(rows.every(([row], index) => text(row?.value) === `many ${index}`)).toBe(true)
  })

  it("scans a store in the order of its keys, deleted rows too", async () => {
    const writes = ["b", "a", "c"].map((key) => ({
      store: "scan",
      key: bytes(key),
      value: bytes(key),
      version: 1,
      gone: key === "b",
    }))
    await engine.write(writes)
    const rows = await engine.scan("scan", bytes("a"), 10)
    expect(rows.map(({ key, gone }) => [text(key), gone])).toEqual([
      ["b", true],
      ["c", false],
    ])
  })

  it("holds writes of a frozen bucket up, and says who has one that it gave away", async () => {
    const key = bytes("moving")
    const bucket = bucketOf(key)
    const at = { store: "s", key, value: key }
    const serve = { shard: "serve" as const }
    expect(await engine.write([{ ...at, version: 1 }], serve)).toMatchObject([{ done: true, away: "" }])
    const token = (await engine.freeze(bucket, 60_000)) as string
    expect(await engine.write([{ ...at, version: 2 }], serve)).toMatchObject([{ done: false, away: "a" }])
    expect(await engine.read([at], serve)).toMatchObject([{ found: true, version: 1, away: "" }])
    const later = (await engine.freeze(bucket, 60_000)) as string
    expect(await engine.release(bucket, token, "d")).toBe(false)
    expect(await engine.release(bucket, later, "d")).toBe(true)
    expect(await engine.freeze(bucket, 1_000)).toBeNull()
    expect(await engine.read([at], serve)).toMatchObject([{ found: false, away: "d" }])
    expect(await engine.write([{ ...at, version: 3 }], serve)).toMatchObject([{ done: false, away: "d" }])
    expect((await engine.scanBucket(bucket, null, 10)).map((row) => text(row.key))).toContain("moving")
    expect(await engine.purge(bucket, 10)).toBe(1)
    await engine.take(bucket)
    expect(await engine.write([{ ...at, version: 3 }], serve)).toMatchObject([{ done: true, away: "" }])
  })

  it("lets a freeze end by itself, and no bucket be given away after it", async () => {
    const key = bytes("expires")
    const bucket = bucketOf(key)
    const token = (await engine.freeze(bucket, 1)) as string
    const at = { store: "s", key, value: key }
    await expect.poll(async () => (await engine.write([{ ...at, version: 1 }], { shard: "serve" }))[0]?.done).toBe(true)
    expect(await engine.release(bucket, token, "d")).toBe(false)
  })

  it("refuses what it cannot keep", async () => {
    const at = { store: "s", key: bytes("k"), value: bytes("v") }
    expect(() => engine.write([{ ...at, version: 0 }])).toThrow("cannot write the version 0")
    expect(() => engine.read([{ store: "s", key: new Uint8Array(1_025) }])).toThrow("at most 1024")
    expect(() => createPostgresEngine({ name: "a; DROP", urls: [postgres.url] })).toThrow("cannot use the schema")
  })

  it("takes a connection that is long in use for no lost server", async () => {
    const trouble: string[] = []
    const onTrouble = (message: string) => trouble.push(message)
    const narrow = createPostgresEngine({ name: "narrow", urls: [postgres.url], mostConnections: 1, onTrouble })
    const at = { store: "s", key: bytes("k"), value: bytes("v"), version: 1 }
    await narrow.write([at])
    const other = new pg.Client(postgres.url)
    await other.connect()
    await other.query("BEGIN; LOCK narrow.store_rows")
    const writing = narrow.write([{ ...at, version: 2 }])
    await expect.poll(() => blocked(other)).toBe(1)
    await expect(narrow.read([at], { timeoutMs: 1_200 })).rejects.toMatchObject({ code: "unavailable", retry: true })
    const reading = narrow.read([at])
    await other.query("COMMIT")
    expect(await writing).toMatchObject([{ done: true }])
    expect(await reading).toMatchObject([{ found: true, version: 2 }])
    expect(trouble).toEqual([])
    await Promise.all([other.end(), narrow.stop()])
  })

  it("is unavailable within the deadline while its server is away, and goes on when it is back", async () => {
    const away = createPostgresEngine({ name: "b", urls: ["postgres://nobody@127.0.0.1:1/none"] })
    const from = performance.now()
    await expect(away.read([{ store: "s", key: bytes("k") }], { timeoutMs: 300 })).rejects.toMatchObject({
      code: "unavailable",
      retry: true,
    })
    expect(performance.now() - from).toBeLessThan(1_500)
    await away.stop()
    const client = new pg.Client(postgres.url)
    await client.connect()
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'store-a'")
    await client.end()
    const writes = Array.from({ length: 20 }, (_, index) => ({
      store: "s",
      key: bytes(`cut ${index}`),
      value: bytes("v"),
      version: 1,
    }))
    expect((await Promise.all(writes.map((one) => engine.write([one])))).every(([row]) => row?.done)).toBe(true)
  })
})

/** Connections that wait for a lock. */
async function blocked(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>("SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted")
  return rows[0]?.n ?? 0
}
