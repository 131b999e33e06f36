import fc from "fast-check"
import { expect, test } from "vitest"
import { toSample } from "../text/sample.ts"
import { createTexts } from "../text/say.ts"
import { fitSms, maskNumber } from "./fit.ts"
import { codingOf, lengthOf, roomOf, splitParts, toSmsText, toUdh } from "./gsm.ts"

const link = "https://ossagent.example.com/incidents/12"
const say = createTexts({ readTemplate: async () => undefined, onFault: (why) => expect.fail(why) })

test("an English message is one part of 160 with its number, what, where and the link", async () => {
  const { text } = await say(toSample("firing", "sms", "en"))
  const sms = fitSms(text, link, 2)
  expect(codingOf(sms)).toBe("gsm7")
  expect(splitParts(sms)).toHaveLength(1)
  expect(sms).toMatch(
    /^\[critical\] #12 shop\/checkout: more errors than usual: version 8\.0\.2 .*\.\.\. https:\/\/\S+\/12$/,
  )
})

test("a Chinese message is one part of 70 that ends with the link, cut where needed", async () => {
  const { text } = await say(toSample("firing", "sms", "zh"))
  const sms = fitSms(text, "https://oss.example.com/incidents/12", 2)
  expect(codingOf(sms)).toBe("ucs2")
  const short = fitSms(
    `【严重】#12 商城支付失败率升高至百分之三十，版本8.0.2占九成以上，过去七天同一时刻均低于百分之一 ${"https://o.cn/incidents/12"}`,
    "https://o.cn/incidents/12",
    2,
  )
  expect(short).toMatch(/^【严重】#12 商城支付失败率升高.*… https:\/\/o\.cn\/incidents\/12$/)
  expect(splitParts(short)).toHaveLength(1)
})

test("typography that the alphabet has not is made plain, so that a long dash does not halve the room", () => {
  expect(toSmsText("41 errors – “expected” 3…6")).toBe('41 errors - "expected" 3...6')
  expect(toSmsText("错误–多")).toBe("错误–多")
})

test("parts are within their limits, lose nothing, and never split a character", () => {
  const any = fc.oneof(
    fc.string({ maxLength: 600 }),
    fc.string({ unit: "binary", maxLength: 400 }),
    fc.constant("€[]{}".repeat(60)),
  )
  fc.assert(
    fc.property(any, (text) => {
      const parts = splitParts(text)
      const coding = codingOf(text)
      expect(parts.join("")).toBe(text)
      for (const part of parts) {
        const most = parts.length === 1 ? roomOf(coding, 1) : roomOf(coding, 2) / 2
        expect(lengthOf(part, coding)).toBeLessThanOrEqual(most)
        if (!/\p{Cs}/u.test(text)) expect(part).not.toMatch(/\p{Cs}/u)
      }
    }),
    { numRuns: 40 },
  )
}, 30_000)

test("whatever is said, it fits the parts that it may cost", () => {
  const words = fc.array(
    fc.oneof(fc.constantFrom("errors", "支付", "失败率", "é€", "[x]", "🔥🔥"), fc.string({ maxLength: 20 })),
    { maxLength: 80 },
  )
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 4 }), (some, maxParts) => {
      const sms = fitSms(`${some.join(" ")} ${link}`, link, maxParts)
      expect(splitParts(sms).length).toBeLessThanOrEqual(maxParts)
      expect(sms.endsWith(link)).toBe(true)
    }),
  )
})

test("a header counts the parts, and a number is masked", () => {
  expect([...toUdh(300, 3, 2)]).toEqual([5, 0, 3, 44, 3, 2])
  expect(maskNumber("+8613800138000")).toBe("+86138****8000")
  expect(maskNumber("+1234")).toBe("****")
})
