import { describe, expect, it } from "vitest"
import { Crowd, Crowds, ENOUGH_SAMPLES } from "./crowd.ts"
import { judge } from "./judge.ts"
import { Meter } from "./meter.ts"
import { Metering } from "./metering.ts"

const [ASKS, BYTES] = [0, 1]
const who = { uid: 7, device: 1, version: "8.0.1" }
const flat = (value: number): Float64Array => new Float64Array(5).fill(value)

/** Others who do so much a minute. */
function crowdOf(perMinute: number): Crowd {
  const crowd = new Crowd()
  for (let i = 0; i < ENOUGH_SAMPLES; i++) crowd.add({ minute: flat(perMinute), hour: flat(perMinute * 20) })
  return crowd
}

function meterWith(asks: number): Meter {
  const meter = new Meter(who, 0)
  for (let i = 0; i < asks; i++) meter.add(ASKS, 1, i)
  return meter
}

describe("a person's figures", () => {
  it("count what was done, and forget it with time", () => {
    const meter = meterWith(20)
    expect(meter.countOf(ASKS, 1)).toBeCloseTo(20, 1)
    meter.add(ASKS, 0, 60_000)
    expect(meter.countOf(ASKS, 1)).toBeCloseTo(20 / Math.E, 1)
  })

  it("of what is said again and again count the most frequent, and what is said now and then does not add up", () => {
    const meter = new Meter(who, 0)
    let over = false
    for (let i = 0; i < 200; i++) over ||= meter.same(1 + (i % 10), i * 30_000)
    expect(over).toBe(false)
    for (let i = 0; i < 60 && !over; i++) over = meter.same(99, 7e6 + i * 500)
    expect(over).toBe(true)
  })
})

describe("the judge", () => {
  it("lets everybody be who is below the floor, whatever others do", () => {
    expect(judge(meterWith(25), crowdOf(1))).toEqual({ throttle: false, why: "usual" })
  })

  it("lets somebody be who does what others of the version do", () => {
    expect(judge(meterWith(60), crowdOf(40))).toEqual({ throttle: false, why: "others do it too" })
  })

  it("lets somebody be who has always done so", () => {
    const meter = new Meter(who, 0)
    for (let at = 0; at < 300 * 600_000; at += 600_000) {
      for (let i = 0; i < 50; i++) meter.add(ASKS, 1, at + i * 100)
      meter.sample(at + 60_000)
    }
    for (let i = 0; i < 50; i++) meter.add(ASKS, 1, 300 * 600_000 + i * 100)
    expect(judge(meter, crowdOf(5))).toEqual({ throttle: false, why: "does it always" })
  })

  it("says of whom is beyond the own past and the others what, over what and against what", () => {
    const verdict = judge(meterWith(60), crowdOf(5))
    expect(verdict).toMatchObject({ throttle: true, why: "asks" })
    if (!verdict.throttle) throw new Error("not throttled")
    expect(verdict.evidence).toMatchObject([{ feature: "asks", windowSec: 60, basis: "past and others", ownMean: 0 }])
    expect(verdict.evidence[0]?.others).toBeCloseTo(5, 0)
    expect(verdict.evidence[0]?.value).toBeGreaterThan(verdict.evidence[0]?.limit as number)
  })

  it("needs nobody else for what no person does", () => {
    const meter = new Meter(who, 0)
    expect(meter.add(BYTES, 800_000, 0)).toBe(true)
    expect(judge(meter, null)).toMatchObject({ throttle: true, evidence: [{ windowSec: 10, basis: "limit" }] })
  })

  it("accuses nobody by others while it knows too few", () => {
    const crowds = new Crowds()
    expect(judge(meterWith(60), crowds.of("8.0.1"))).toEqual({ throttle: false, why: "others do it too" })
  })
})

describe("the meters of an access", () => {
  it("are kept over a reconnect, hold no more than they may, and accuse the same device once in five seconds", () => {
    let now = 0
    const accused: number[] = []
    const metering = new Metering({ most: 2, now: () => now, accuse: ({ uid }) => accused.push(uid) })
    const meter = metering.connected(who)
    expect(metering.connected(who)).toBe(meter)
    for (let i = 0; i < 300; i++) metering.asked(meter, 10)
    expect(accused).toEqual([7])
    now = 6_000
    for (let i = 0; i < 300; i++) metering.asked(meter, 10)
    expect(accused).toEqual([7, 7])
    for (const uid of [8, 9]) metering.connected({ ...who, uid })
    expect(metering.connected(who)).not.toBe(meter)
  })

  it("take a page that brings something for the server's doing, and the same page again for the client's", () => {
    const metering = new Metering({ most: 10, now: () => 0, accuse: () => undefined })
    const meter = metering.connected(who)
    for (let seq = 1; seq <= 100; seq++) metering.paged(meter, seq, 10_000)
    expect([meter.bytes, meter.countOf(ASKS, 0)]).toEqual([0, 0])
    metering.paged(meter, 100, 10_000)
    metering.paged(meter, 40, 10_000)
    expect([meter.bytes, meter.countOf(ASKS, 0)]).toEqual([20_000, 2])
  })
})
