import { describe, expect, it } from "vitest"
import { createDualStore } from "./dual.ts"
import { bytes, createModelEngine, text } from "./test-kit.ts"
import { createVersions } from "./versions.ts"

const KEY = bytes("k")
const LATER = { timeout: 5_000 }
const createTwo = () => {
  const [left, right] = [createModelEngine("left"), createModelEngine("right")]
  const store = createDualStore("s", [left, right], { versions: createVersions(), timeoutMs: 500 })
  const get = async () => text((await store.getMany([KEY], {}))[0]?.value)
  return { left, right, store, get }
}

describe("a dual store", () => {
  it("goes on while either side is down, and the newest wins on both when they are back", async () => {
    const { left, right, store, get } = createTwo()
    await store.put(KEY, bytes("1"), undefined)
    left.state.down = true
    await store.put(KEY, bytes("2"), undefined)
    expect(await get()).toBe("2")
    left.state.down = false
    await expect.poll(async () => [await get(), text(left.rows.get("s/k")?.value)], LATER).toEqual(["2", "2"])
    right.state.down = true
    expect(await get()).toBe("2")
    await store.put(KEY, bytes("3"), undefined)
    right.state.down = false
    await expect.poll(async () => [await get(), text(right.rows.get("s/k")?.value)], LATER).toEqual(["3", "3"])
  })

  it("refuses when both sides are down", async () => {
    const { left, right, store, get } = createTwo()
    left.state.down = right.state.down = true
    await expect(store.put(KEY, bytes("1"), undefined)).rejects.toMatchObject({ code: "unavailable" })
    await expect(get()).rejects.toMatchObject({ code: "unavailable" })
  })

  it("chooses alike on both sides where two wrote one version", async () => {
    const { left, right, get } = createTwo()
    const at = { store: "s", key: KEY, version: 7 }
    await left.write([{ ...at, value: bytes("x") }])
    await right.write([{ ...at, value: bytes("y") }])
    expect(await get()).toBe("y")
    await expect.poll(() => text(left.rows.get("s/k")?.value)).toBe("y")
    expect(await get()).toBe("y")
    await expect.poll(() => right.rows.get("s/k")?.version).toBe(8)
  })

  it("forgets no deletion, and writes above a version from a clock that is far ahead", async () => {
    const { left, right, store, get } = createTwo()
    const ahead = (Date.now() + 1e9) * 1_024
    for (const side of [left, right])
      await side.write([{ store: "s", key: KEY, version: ahead, value: bytes("future") }])
    expect(await store.put(KEY, bytes("now"), undefined)).toBeGreaterThan(ahead)
    expect(await get()).toBe("now")
    right.state.down = true
    await store.put(KEY, null, undefined)
    right.state.down = false
    expect(await store.getMany([KEY], {})).toEqual([null])
    await expect.poll(async () => [await get(), right.rows.get("s/k")?.gone], LATER).toEqual(["", true])
  })
})
