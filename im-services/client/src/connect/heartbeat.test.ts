import fc from "fast-check"
import { expect, it } from "vitest"
import { SmartHeartbeat } from "./heartbeat.ts"

const BOUNDS = { minSec: 210, maxSec: 600 }

it("grows by a minute after five answers, and settles 20 s below the longest when that is reached", () => {
  const heartbeat = new SmartHeartbeat(BOUNDS)
  const seen = Array.from({ length: 14 }, () => {
    heartbeat.succeeded()
    return heartbeat.intervalSec
  })
  expect(seen).toEqual([210, 210, 210, 210, 270, 330, 390, 450, 510, 570, 600, 580, 580, 580])
})

it("two failures while growing settle it 20 s below the longest that worked; three there begin anew", () => {
  const heartbeat = new SmartHeartbeat(BOUNDS)
  for (let i = 0; i < 6; i++) heartbeat.succeeded()
  expect(heartbeat.intervalSec).toBe(330)
  heartbeat.failed()
  expect(heartbeat.intervalSec).toBe(330)
  heartbeat.failed()
  expect(heartbeat.intervalSec).toBe(250)
  heartbeat.failed()
  heartbeat.failed()
  heartbeat.succeeded()
  heartbeat.failed()
  heartbeat.failed()
  expect(heartbeat.intervalSec).toBe(250)
  heartbeat.failed()
  expect(heartbeat.intervalSec).toBe(210)
})

it("whatever happens, it stays within its bounds", () => {
  const bounds = fc.record({ minSec: fc.integer({ min: 5, max: 600 }), more: fc.integer({ min: 0, max: 600 }) })
  fc.assert(
    fc.property(bounds, fc.array(fc.boolean(), { maxLength: 200 }), ({ minSec, more }, events) => {
      const heartbeat = new SmartHeartbeat({ minSec, maxSec: minSec + more })
      for (const answered of events) {
        if (answered) heartbeat.succeeded()
        else heartbeat.failed()
        expect(heartbeat.intervalSec).toBeGreaterThanOrEqual(minSec)
        expect(heartbeat.intervalSec).toBeLessThanOrEqual(minSec + more)
      }
    }),
  )
})
