import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createTicketOffice, TICKET_MS, tryHolder } from "./ticket.ts"

const KEY = "a-key-for-tickets-of-32-characters!"
const OTHER = "another-key-for-tickets-32-letters!"
const NOW = Date.UTC(2026, 0, 1, 12, 30, 20)
const office = createTicketOffice([KEY])
const users = fc.record({ uid: fc.integer({ min: 1, max: 2 ** 40 }), device: fc.integer({ min: 1, max: 2 ** 14 - 1 }) })

describe("tickets", () => {
  it("say whom they are for, in at most 30 bytes, until 30 days have passed", () => {
    fc.assert(
      fc.property(users, ({ uid, device }) => {
        const { bytes, expiresAt } = office.make(uid, device, NOW)
        expect(bytes.length).toBeLessThanOrEqual(30)
        const opened = office.open(bytes, expiresAt - 1)
        expect(opened).toMatchObject({ ok: true, ticket: { uid, device, expiresAt } })
        expect(office.open(bytes, expiresAt)).toEqual({ ok: false, why: "expired_ticket" })
        expect(expiresAt - NOW).toBeGreaterThan(TICKET_MS - 60_000)
      }),
    )
  })

  it("are not opened when a bit of them is another one, when they are cut, or when they are any bytes", () => {
    fc.assert(
      fc.property(users, fc.nat(), fc.integer({ min: 0, max: 7 }), ({ uid, device }, at, bit) => {
        const { bytes } = office.make(uid, device, NOW)
        const bent = Uint8Array.from(bytes)
        bent[at % bent.length] = (bent[at % bent.length] as number) ^ (1 << bit)
        expect(office.open(bent, NOW)).toEqual({ ok: false, why: "bad_ticket" })
        expect(office.open(bytes.subarray(0, at % bytes.length), NOW)).toEqual({ ok: false, why: "bad_ticket" })
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(office.open(bytes, NOW)).toEqual({ ok: false, why: "bad_ticket" })
      }),
    )
  })

  it("of the key before are opened while it is stated, and of no other key", () => {
    const { bytes } = createTicketOffice([OTHER]).make(100_000_001, 3, NOW)
    expect(office.open(bytes, NOW)).toEqual({ ok: false, why: "bad_ticket" })
    expect(createTicketOffice([KEY, OTHER]).open(bytes, NOW).ok).toBe(true)
    expect(createTicketOffice([OTHER, KEY]).make(1, 1, NOW).bytes).toEqual(
      createTicketOffice([OTHER]).make(1, 1, NOW).bytes,
    )
  })

  it("bring the key for commands to their device: the same from each door that opens them, another for each ticket", () => {
    const made = createTicketOffice([OTHER]).make(100_000_001, 3, NOW)
    const opened = createTicketOffice([KEY, OTHER]).open(made.bytes, NOW)
    expect(opened).toMatchObject({ ok: true, commandKey: made.commandKey })
    const others = [
      office.make(100_000_001, 3, NOW),
      office.make(100_000_001, 4, NOW),
      office.make(100_000_001, 3, NOW + 60_000),
    ]
    const keys = [made, ...others].map(({ commandKey }) => Buffer.from(commandKey).toString("hex"))
    expect(new Set(keys).size).toBe(4)
  })

  it("say for whom they are to those without a key too, genuine or not", () => {
    fc.assert(
      fc.property(users, (who) => {
        const { bytes } = office.make(who.uid, who.device, NOW)
        bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1
        expect(tryHolder(bytes)).toEqual(who)
      }),
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void tryHolder(bytes)))
  })
})
