import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createPostgresEngine, type PostgresEngine } from "./postgres/engine.ts"
import { canReplicate, type Replicated, startReplicated } from "./postgres/replicated.test-kit.ts"
import { createPrimaryStore } from "./primary.ts"
import { bytes, text } from "./test-kit.ts"
import { createVersions } from "./versions.ts"

// An ordinary user without Debian's postgresql-15 cannot have a standby; whoever builds the product must.
const wanted = process.env.CI !== undefined || (await canReplicate())

describe.skipIf(!wanted)("a primary with a standby (install postgresql-15 where this is skipped)", () => {
  let servers: Replicated
  let engine: PostgresEngine
  const troubles: string[] = []

  const open = (timeoutMs = 20_000) => createPrimaryStore("s", engine, { versions: createVersions(), timeoutMs })
  beforeAll(async () => {
    servers = await startReplicated()
    const urls = [servers.primary.url, servers.standby.url]
    engine = createPostgresEngine({ name: "a", urls, onTrouble: (message) => troubles.push(message) })
  }, 240_000)
  afterAll(async () => {
    await engine?.stop()
    await servers?.stop()
  })

  it("reads from the standby where the caller lets values lag, and from nowhere but the primary else", async () => {
    const key = bytes("lag")
    const store = open()
    const first = await store.put(key, bytes("1"), 0)
    await expect.poll(async () => text((await store.getMany([key], { lagOk: true }))[0]?.value)).toBe("1")
    await servers.standby.ask("SELECT pg_wal_replay_pause()")
    const state = async () => (await servers.standby.ask("SELECT pg_get_wal_replay_pause_state() AS state"))[0]?.state
    await expect.poll(state).toBe("paused")
    await store.put(key, bytes("2"), first as number)
    expect(text((await store.getMany([key], {}))[0]?.value)).toBe("2")
    expect(text((await store.getMany([key], { lagOk: true }))[0]?.value)).toBe("1")
    await servers.standby.ask("SELECT pg_wal_replay_resume()")
  })

  it("loses no acknowledged write when the primary is killed under load and the standby promoted, and no call fails", async () => {
    const store = open()
    const acknowledged = new Map<string, { version: number; value: number }>()
    let over = false
    let [longestMs, writes] = [0, 0]
    const worker = async (name: string): Promise<void> => {
      for (let round = 0; !over; round++) {
        const key = `${name} ${round % 20}`
        const before = acknowledged.get(key)
        const from = performance.now()
        const version = await store.put(bytes(key), bytes(`${round}`), before?.version ?? 0)
        longestMs = Math.max(longestMs, performance.now() - from)
        // Each key has one writer: a refusal would be a write that was lost.
        expect([key, round, version]).not.toEqual([key, round, null])
        acknowledged.set(key, { version: version as number, value: round })
        writes++
      }
    }
    const load = Promise.all(Array.from({ length: 16 }, (_, index) => worker(`w${index}`)))
    await expect.poll(() => writes, { timeout: 20_000 }).toBeGreaterThan(1_000)
    await servers.primary.kill()
    const killedAt = writes
    await servers.standby.ask("SELECT pg_promote()")
    await expect.poll(() => writes, { timeout: 20_000 }).toBeGreaterThan(killedAt + 1_000)
    over = true
    await load
    const keys = [...acknowledged.keys()]
    const rows = await store.getMany(keys.map(bytes), {})
    expect(rows.map((row) => row && { version: row.version, value: Number(text(row.value)) })).toEqual(
      keys.map((key) => acknowledged.get(key)),
    )
    expect(longestMs).toBeLessThan(15_000)
    expect(troubles.some((trouble) => trouble.includes("is away"))).toBe(true)
  }, 90_000)

  it("does not go back to the old primary when that comes back, nor does an engine that starts then", async () => {
    const old = await servers.restart()
    expect(await old.ask("SELECT pg_is_in_recovery() AS standby")).toEqual([{ standby: false }])
    const fresh = createPostgresEngine({ name: "a", urls: [old.url, servers.standby.url] })
    const key = bytes("after")
    await open().put(key, bytes("new"), 0)
    const looks = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'store-a'"
    await expect.poll(async () => (await old.ask(looks))[0]?.n, { timeout: 10_000 }).toBeGreaterThanOrEqual(2)
    expect(await fresh.read([{ store: "s", key }])).toMatchObject([{ found: true }])
    await open().put(key, bytes("newer"), undefined)
    expect(text((await fresh.read([{ store: "s", key }]))[0]?.value)).toBe("newer")
    expect(await old.ask("SELECT count(*)::int AS n FROM a.store_rows WHERE key = 'after'")).toEqual([{ n: 0 }])
    await fresh.stop()
  })
})
