import fc from "fast-check"
import { expect, test } from "vitest"
import { type Bucket, isDigestDue, takeToken } from "./bucket.ts"
import { toLimits } from "./limits.ts"
import { toBackoffMs } from "./queue.ts"

const limits = { windows: [{ burst: 3, refillSec: 10 }], reserve: 0, digestWaitSec: 3, digestEverySec: 60 }

test("a burst passes, then one for each refill", () => {
  let buckets = [{ tokens: 3, refilledAt: 0 }]
  const sent = [0, 1, 2, 3, 10_003, 10_004, 40_000].filter((now) => {
    const taken = takeToken(buckets, now, limits)
    buckets = taken.buckets
    return taken.send
  })
  expect(sent).toEqual([0, 1, 2, 10_003, 40_000])
})

test("however often it is asked, no more messages pass than burst and time allow", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { maxLength: 200 }), (gaps) => {
      let buckets = [{ tokens: 3, refilledAt: 0 }]
      let now = 0
      let sent = 0
      for (const gap of gaps) {
        now += gap
        const taken = takeToken(buckets, now, limits)
        buckets = taken.buckets
        if (taken.send) sent++
        expect(sent).toBeLessThanOrEqual(3 + now / 10_000 + 1e-6)
      }
    }),
  )
})

test("a clock that is set back an hour holds no message and no digest up", () => {
  const taken = takeToken([{ tokens: 0, refilledAt: 3_600_000 }], 0, limits)
  expect(takeToken(taken.buckets, 10_000, limits).send).toBe(true)
  expect(isDigestDue({ count: 1, oldestAt: 3_600_000, lastDigestAt: 3_600_000 }, false, 0, limits)).toBe(true)
})

test("the first digest comes soon, the next ones at a distance unless there is a token", () => {
  const held = { count: 5, oldestAt: 0, lastDigestAt: null }
  expect(isDigestDue(held, false, 2_000, limits)).toBe(false)
  expect(isDigestDue(held, false, 3_000, limits)).toBe(true)
  expect(isDigestDue({ ...held, lastDigestAt: 1_000 }, false, 30_000, limits)).toBe(false)
  expect(isDigestDue({ ...held, lastDigestAt: 1_000 }, true, 30_000, limits)).toBe(true)
  expect(isDigestDue({ ...held, lastDigestAt: 1_000 }, false, 61_000, limits)).toBe(true)
})

test("every window must have a token, and the last ones of the day are for what is critical", () => {
  const sms = { ...toLimits({ burst: 1, refillSec: 1 }).sms, digestEverySec: null }
  const full = sms.windows.map(({ burst }) => ({ tokens: burst, refilledAt: 0 }))
  const [, hour, day] = full as [Bucket, Bucket, Bucket]
  expect(takeToken(full, 0, sms, false).send).toBe(true)
  expect(takeToken([{ tokens: 0, refilledAt: 0 }, hour, day], 0, sms).send).toBe(false)
  expect(takeToken([full[0] as Bucket, { tokens: 0.5, refilledAt: 0 }, day], 0, sms).send).toBe(false)
  const few = [full[0] as Bucket, hour, { tokens: 5, refilledAt: 0 }]
  expect(takeToken(few, 0, sms, false).send).toBe(false)
  expect(takeToken(few, 0, sms, true).send).toBe(true)
  expect(isDigestDue({ count: 9, oldestAt: 0, lastDigestAt: null }, false, 9e9, sms)).toBe(false)
})

test("retries wait longer each time, at most a minute, and are spread", () => {
  const waits = [1, 2, 3, 10, 50].map((attempt) => toBackoffMs(attempt, () => 0))
  expect(waits).toEqual([500, 1_000, 2_000, 30_000, 30_000])
  expect(toBackoffMs(50, () => 0.999)).toBeLessThanOrEqual(60_000)
})
