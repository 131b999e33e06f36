import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createQuorumStore } from "./quorum.ts"
import { bytes, createModelEngine, type Trouble, text } from "./test-kit.ts"
import { createVersions } from "./versions.ts"

const KEY = bytes("k")
const deps = { versions: createVersions(), timeoutMs: 2_000 }

function createThree(random?: () => number, trouble?: Trouble) {
  const engines = ["a", "b", "c"].map((name) => createModelEngine(name, random, trouble))
  const [a, b, c] = engines as [(typeof engines)[0], (typeof engines)[0], (typeof engines)[0]]
  return { a, b, c, three: [a, b, c] as const }
}

describe("a quorum store", () => {
  it("keeps a value while any one of its engines is down, and refuses while two are", async () => {
    const { a, b, c, three } = createThree()
    const store = createQuorumStore("s", three, { ...deps, timeoutMs: 200 })
    let version = (await store.put(KEY, bytes("0"), 0)) as number
    for (const [round, engine] of [a, b, c].entries()) {
      engine.state.down = true
      const next = (await store.put(KEY, bytes(`${round + 1}`), version)) as number
      expect(next).toBeGreaterThan(version)
      version = next
      expect(text((await store.getMany([KEY], {}))[0]?.value)).toBe(`${round + 1}`)
      engine.state.down = false
    }
    a.state.down = b.state.down = true
    await expect(store.put(KEY, bytes("x"), version)).rejects.toMatchObject({ code: "unavailable" })
    await expect(store.getMany([KEY], {})).rejects.toMatchObject({ code: "unavailable" })
  })

  it("brings an engine that was down up to date when the value is read", async () => {
    const { a, b, c, three } = createThree()
    const store = createQuorumStore("s", three, deps)
    a.state.down = true
    await store.put(KEY, bytes("new"), undefined)
    a.state.down = false
    await store.getMany([KEY], {})
    await expect.poll(() => a.rows.size).toBe(1)
    b.state.down = true
    expect(text((await store.getMany([KEY], {}))[0]?.value)).toBe("new")
    expect(c.rows.size).toBe(1)
  })

  it("keeps the version of a value that is confirmed, and deletes", async () => {
    const { three } = createThree()
    const store = createQuorumStore("s", three, deps)
    const version = await store.put(KEY, bytes("v"), 0)
    expect((await store.getMany([KEY], {}))[0]?.version).toBe(version)
    expect(await store.put(KEY, null, undefined)).toBeGreaterThan(version as number)
    expect(await store.getMany([KEY], {})).toEqual([null])
    expect(await store.put(KEY, bytes("w"), 0)).not.toBeNull()
  })

  it("lets one of several writers of a version succeed, and loses no acknowledged write, whatever calls and answers are lost", async () => {
    const troubles = fc.record({
      lost: fc.constantFrom(0, 0.05, 0.2),
      answerLost: fc.constantFrom(0, 0.05, 0.2),
      mostDelayMs: fc.constantFrom(0, 1, 4),
      seed: fc.integer({ min: 1, max: 2 ** 31 }),
      writers: fc.integer({ min: 2, max: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(troubles, async ({ seed, writers, ...trouble }) => {
        const random = createRandom(seed)
        const { three } = createThree(random, trouble)
        const acknowledged = new Map<number, number>()
        let highest = 0
        let seen = 0
        const writer = async (): Promise<void> => {
          // Clocks that are wrong by hours, and a store of its own each, as in processes of their own.
          const versions = createVersions(() => Date.now() + random() * 1e7, random)
          const store = createQuorumStore("s", three, { versions, timeoutMs: 400 })
          for (let round = 0; round < 6; round++) {
            const least = Math.max(highest, seen)
            const [before] = await store.getMany([KEY], {}).catch(() => [undefined])
            if (before === undefined) continue
            const count = Number(text(before?.value) || "0")
            expect(count).toBeGreaterThanOrEqual(least)
            seen = Math.max(seen, count)
            const version = await store.put(KEY, bytes(`${count + 1}`), before?.version ?? 0).catch(() => undefined)
            if (version === null || version === undefined) continue
            expect(acknowledged.get(count + 1)).toBeUndefined()
            acknowledged.set(count + 1, version)
            highest = Math.max(highest, count + 1)
          }
        }
        await Promise.all(Array.from({ length: writers }, writer))
        const calm = createQuorumStore("s", three, deps)
        let last: Awaited<ReturnType<typeof calm.getMany>>[0] | undefined
        for (let tries = 0; last === undefined && tries < 50; tries++) {
          last = await calm.getMany([KEY], {}).then(
            ([row]) => row,
            () => undefined,
          )
        }
        const count = Number(text(last?.value) || "0")
        expect(count).toBeGreaterThanOrEqual(seen)
        for (const [number, version] of acknowledged) {
          expect(number).toBeLessThanOrEqual(count)
          expect(version).toBeLessThanOrEqual(last?.version ?? 0)
        }
      }),
      { numRuns: Number(process.env.QUORUM_RUNS ?? 12) },
    )
  }, 60_000)
})

function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return (Math.imul(state ^ (state >>> 13), 0x297a2d39) >>> 0) / 2 ** 32
  }
}
