import { expect, it } from "vitest"
import { describeDevice, describeEvidence, describeSuspect, describeWhy } from "./words.ts"

const figure = {
  feature: "asks",
  windowSec: 60,
  value: 64.3,
  limit: 60,
  basis: "past and others",
  ownMean: 8.71,
  others: 30,
}

it("evidence says how much, within what time, and against what", () => {
  expect(describeEvidence(figure)).toBe(
    "65 requests within a minute; 999 of 1,000 active minutes of this version stay below 30 requests, itself 8.7 requests a minute on average",
  )
  expect(
    describeEvidence({ ...figure, feature: "bytes", windowSec: 10, basis: "limit", value: 800_000, limit: 700_000 }),
  ).toBe("781 KiB within 10 s; no client of ours makes more than 684 KiB")
})

it("a version that stands out is told with its figure and the others'", () => {
  expect(describeSuspect({ version: "8", why: "share", value: 0.12, others: 0.001 })).toBe(
    "12 % of its users were throttled, of others 0.1 %",
  )
})

it("what is not known by a name keeps its own", () => {
  expect(describeWhy("asks")).toBe("asks too much")
  expect(describeWhy("other")).toBe("other")
  expect(describeDevice({ uid: 7, device: 0 })).toBe("user 7, all devices")
})
