import { describe, expect, test } from "vitest"
import { CALM, findTrouble, type Pulse, toNews } from "./pulse.ts"

const limits = { silentMs: 60_000, stuckMs: 300_000 }
const pulse = (more: Partial<Pulse> = {}): Pulse => ({
  now: 1_000_000,
  lookedAt: 995_000,
  oldestMessageAt: null,
  ...more,
})

describe("alerting is in trouble", () => {
  test("when nobody answers, nobody looks, or messages are stuck", () => {
    expect(findTrouble([pulse(), null], limits)).toBeNull()
    expect(findTrouble([null, null], limits)).toBe("no alerting process answers")
    expect(findTrouble([pulse({ lookedAt: null })], limits)).toBe("nobody looks at rules")
    expect(findTrouble([pulse({ lookedAt: 900_000 })], limits)).toBe("nobody has looked at rules for 100 s")
    expect(findTrouble([pulse({ oldestMessageAt: 600_000 })], limits)).toBe("a message has waited for 400 s")
  })
})

test("trouble is told when it has lasted, again from time to time, and its end once", () => {
  const timing = { afterMs: 20_000, repeatMs: 60_000 }
  let standing = CALM
  const told: string[] = []
  for (let sec = 0; sec <= 200; sec += 10) {
    const { news, standing: next } = toNews(standing, sec >= 10 && sec < 150, sec * 1_000, timing)
    standing = next
    if (news) told.push(`${sec} ${news}`)
  }
  expect(told).toEqual(["30 trouble", "90 trouble", "150 over"])
})

test("trouble that is over before it was told is nobody's news, and a clock that is set back does not hide it", () => {
  const timing = { afterMs: 20_000, repeatMs: 60_000 }
  const { standing } = toNews(CALM, true, 1_000_000, timing)
  expect(toNews(standing, false, 1_010_000, timing)).toEqual({ news: null, standing: CALM })
  const back = toNews(standing, true, 500_000, timing)
  expect(toNews(back.standing, true, 520_000, timing).news).toBe("trouble")
})
