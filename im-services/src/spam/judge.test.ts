import { describe, expect, it } from "vitest"
import { createJudge, LIMITS } from "./judge.ts"

const NOW = 1_000_000
const OFFER = "Buy two of these for the price of one"

describe("the spam filter", () => {
  it("thinks badly of one text to many people, whatever digits and spaces it varies", () => {
    const judge = createJudge()
    const judged = Array.from({ length: LIMITS.chatsOfOneText + 1 }, (_, i) => judge(1, 100 + i, `${OFFER} ${i}`, NOW))
    expect(judged.map(({ bad }) => bad)).toEqual([...Array(LIMITS.chatsOfOneText).fill(false), true])
    expect(judged.at(-1)?.why).toBe("same_text")
  })

  it("lets one text to one person, short ones to many, and the same text of other senders be", () => {
    const judge = createJudge()
    for (let i = 0; i < 50; i++) {
      expect(judge(1, 7, OFFER, NOW).bad).toBe(false)
      expect(judge(2, 100 + i, "good morning", NOW).bad).toBe(false)
      expect(judge(100 + i, 200 + i, OFFER, NOW).bad).toBe(false)
    }
  })

  it("thinks badly of links in numbers, in one message or in several, and of a rate that no person has", () => {
    const judge = createJudge()
    expect(judge(1, 2, "http://a.example ".repeat(9), NOW).why).toBe("many_links")
    const links = Array.from({ length: LIMITS.links + 1 }, (_, i) => judge(2, i, `see www.${i}.example`, NOW))
    expect(links.findIndex(({ bad }) => bad)).toBe(LIMITS.chatsOfOneText)
    const fast = Array.from({ length: LIMITS.messages + 1 }, (_, i) => judge(3, 4, `number ${i}`, NOW))
    expect(fast.map(({ why }) => why).lastIndexOf("")).toBe(LIMITS.messages - 1)
    expect(fast.at(-1)?.why).toBe("too_fast")
  })

  it("forgets after a minute, and lives with a clock that goes back", () => {
    const judge = createJudge()
    for (let i = 0; i <= LIMITS.messages; i++) judge(1, 2, `number ${i}`, NOW)
    expect(judge(1, 2, "later", NOW + 60_000).bad).toBe(false)
    for (let i = 0; i <= LIMITS.messages; i++) judge(3, 2, `number ${i}`, NOW)
    expect(judge(3, 2, "earlier", NOW - 1).bad).toBe(false)
  })
})
