import fc from "fast-check"
import { expect, test } from "vitest"
import { toActual, toBaselines } from "./windows.ts"

const NOW = 1_800_000_000_000

test("what is wrong is looked at from a minute before the alarm began, a minute at least and half an hour at most", () => {
  expect(toActual({ startedAt: NOW - 120_000 }, NOW)).toEqual({ to: NOW / 1_000, sec: 180 })
  expect(toActual({ startedAt: NOW + 90_000 }, NOW).sec).toBe(60)
  expect(toActual({ startedAt: NOW - 86_400_000 }, NOW).sec).toBe(1_800)
})

test("baselines are whole minutes, end before the alarm began, and are as long as what they are compared with or longer", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 7_200_000 }), fc.integer({ min: 0, max: 59_999 }), (age, late) => {
      const now = NOW + late
      const alarm = { startedAt: now - age }
      const { sec } = toActual(alarm, now)
      const [before, day, week] = toBaselines(alarm, now)
      for (const window of [before, day, week]) {
        expect((window?.to ?? 1) % 60).toBe(0)
        expect((window?.sec ?? 1) % 60).toBe(0)
      }
      expect((before?.to ?? 0) * 1_000).toBeLessThan(alarm.startedAt)
      expect(before?.to).toBeLessThanOrEqual(Math.floor(now / 1_000) - sec)
      expect(day?.sec).toBeGreaterThanOrEqual(sec)
      expect((day?.to ?? 0) - (week?.to ?? 0)).toBe(6 * 86_400)
    }),
  )
})
