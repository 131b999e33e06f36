import { describe, expect, it } from "vitest"
import { createRevocationBook, REVOCATION_MS } from "./revocations.ts"

const NOW = Date.UTC(2026, 0, 1)
const one = (uid: number, device: number, upTo = false, at = NOW) => ({ uid, device, upTo, at })
const ticket = (uid: number, device: number, issuedAt = NOW + 1) => ({ uid, device, issuedAt })

describe("revocations in memory", () => {
  it("void the tickets of one device, whenever they were issued, and no other's", () => {
    const book = createRevocationBook(10)
    expect(book.add(one(1, 2))).toBe(true)
    expect(book.add(one(1, 2))).toBe(false)
    expect([1, 2, 3].map((device) => book.isVoid(ticket(1, device)))).toEqual([false, true, false])
    expect(book.isVoid(ticket(2, 2))).toBe(false)
  })

  it("of all devices void those up to the newest one, and not the next log-in", () => {
    const book = createRevocationBook(10)
    book.add(one(1, 5, true))
    expect([1, 5, 6].map((device) => book.isVoid(ticket(1, device)))).toEqual([true, true, false])
    expect(book.add(one(1, 4, true))).toBe(false)
    expect(book.add(one(1, 7, true))).toBe(true)
    expect(book.isVoid(ticket(1, 6))).toBe(true)
  })

  it("beyond their number void everything as old as what was forgotten, so that no revoked ticket comes back", () => {
    const book = createRevocationBook(2)
    for (let i = 1; i <= 3; i++) book.add(one(i, 1, false, NOW + i))
    expect(book.size).toBe(2)
    expect(book.isVoid(ticket(1, 1, NOW + 1))).toBe(true)
    expect(book.isVoid(ticket(9, 9, NOW + 1))).toBe(true)
    expect(book.isVoid(ticket(9, 9, NOW + 2))).toBe(false)
  })

  it("are forgotten once every ticket that they concern has expired", () => {
    const book = createRevocationBook(10)
    book.add(one(1, 1, false, NOW))
    book.add(one(2, 1, false, NOW + 1))
    book.prune(NOW + REVOCATION_MS)
    expect(book.size).toBe(2)
    book.prune(NOW + REVOCATION_MS + 1)
    expect(book.size).toBe(1)
  })
})
