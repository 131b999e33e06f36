import { describe, expect, it } from "vitest"
import { Buckets, createTries } from "./tries.ts"

const NOW = 1_000_000

describe("tries of passwords", () => {
  it("of one name from one address are ten in a row, then one a minute", () => {
    const tries = createTries()
    for (let i = 0; i < 10; i++) expect(tries.take("ann", "10.0.0.1", NOW)).toBe(0)
    expect(tries.take("ann", "10.0.0.1", NOW)).toBe(60_000)
    expect(tries.take("ann", "10.0.0.1", NOW + 45_000)).toBe(15_000)
    expect(tries.take("ann", "10.0.0.1", NOW + 60_000)).toBe(0)
  })

  it("from elsewhere are not hindered by those of one address", () => {
    const tries = createTries()
    for (let i = 0; i < 20; i++) tries.take("ann", "10.0.0.1", NOW)
    expect(tries.take("ann", "10.0.0.2", NOW)).toBe(0)
  })

  it("from one address are limited over all names, those of one name over all addresses", () => {
    const tries = createTries()
    const one = (name: string, address: string): boolean => tries.take(name, address, NOW) === 0
    expect([...Array(150).keys()].filter((i) => one(`name-${i}`, "10.0.0.1")).length).toBe(100)
    expect([...Array(150).keys()].filter((i) => one("bob", `10.1.0.${i}`)).length).toBe(100)
  })

  it("with the right password cost nothing", () => {
    const tries = createTries()
    for (let i = 0; i < 1_000; i++) {
      expect(tries.take("ann", "10.0.0.1", NOW)).toBe(0)
      tries.giveBack("ann", "10.0.0.1", NOW)
    }
  })
})

describe("token buckets", () => {
  it("beyond their number forget the one used longest ago", () => {
    const size = { burst: 1, refillMs: 1_000 }
    const buckets = new Buckets(2)
    for (const key of ["a", "b", "c"]) buckets.add(key, size, NOW, -1)
    expect(["a", "b", "c"].map((key) => buckets.waitMs(key, size, NOW))).toEqual([0, 1_000, 1_000])
  })
})
