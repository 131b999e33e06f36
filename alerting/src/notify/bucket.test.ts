import fc from "fast-check"
import { expect, test } from "vitest"
import { isDigestDue, takeToken } from "./bucket.ts"
import { toBackoffMs } from "./queue.ts"

const settings = { burst: 3, refillSec: 10, digestWaitSec: 3, digestEverySec: 60 }

test("a burst passes, then one for each refill", () => {
  let bucket = { tokens: 3, refilledAt: 0 }
  const sent = [0, 1, 2, 3, 10_003, 10_004, 40_000].filter((now) => {
    const taken = takeToken(bucket, now, settings)
    bucket = taken.bucket
    return taken.send
  })
  expect(sent).toEqual([0, 1, 2, 10_003, 40_000])
})

test("however often it is asked, no more mails pass than burst and time allow", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { maxLength: 200 }), (gaps) => {
      let bucket = { tokens: settings.burst, refilledAt: 0 }
      let now = 0
      let sent = 0
      for (const gap of gaps) {
        now += gap
        const taken = takeToken(bucket, now, settings)
        bucket = taken.bucket
        if (taken.send) sent++
        expect(sent).toBeLessThanOrEqual(settings.burst + now / 10_000 + 1e-6)
      }
    }),
  )
})

test("a clock that is set back an hour holds no mail and no digest up", () => {
  const taken = takeToken({ tokens: 0, refilledAt: 3_600_000 }, 0, settings)
  expect(takeToken(taken.bucket, 10_000, settings).send).toBe(true)
  expect(isDigestDue({ count: 1, oldestAt: 3_600_000, lastDigestAt: 3_600_000 }, false, 0, settings)).toBe(true)
})

test("the first digest comes soon, the next ones at a distance unless there is a token", () => {
  const held = { count: 5, oldestAt: 0, lastDigestAt: null }
  expect(isDigestDue(held, false, 2_000, settings)).toBe(false)
  expect(isDigestDue(held, false, 3_000, settings)).toBe(true)
  expect(isDigestDue({ ...held, lastDigestAt: 1_000 }, false, 30_000, settings)).toBe(false)
  expect(isDigestDue({ ...held, lastDigestAt: 1_000 }, true, 30_000, settings)).toBe(true)
  expect(isDigestDue({ ...held, lastDigestAt: 1_000 }, false, 61_000, settings)).toBe(true)
})

test("retries wait longer each time, at most a minute, and are spread", () => {
  const waits = [1, 2, 3, 10, 50].map((attempt) => toBackoffMs(attempt, () => 0))
  expect(waits).toEqual([500, 1_000, 2_000, 30_000, 30_000])
  expect(toBackoffMs(50, () => 0.999)).toBeLessThanOrEqual(60_000)
})
