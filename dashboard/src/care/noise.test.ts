import type { CareReport } from "@ossagent/wire"
import { expect, test } from "vitest"
import { byNoise, describeNoise } from "./noise.ts"

type Rule = CareReport["rules"][number]
const rule = (part: Partial<Rule>): Rule => ({
  ...{ ruleId: "1", ruleName: "r", fired: 1, flapped: 0, acknowledged: 0, useful: 0, noise: 0, medianOpenSec: null },
  ...part,
})

test("a rule is noise when people say so, when it flaps, or when nobody ever takes it", () => {
  expect(describeNoise(rule({ noise: 2, useful: 1 }))).toBe("judged noise")
  expect(describeNoise(rule({ fired: 6, flapped: 4, acknowledged: 1 }))).toBe("flaps")
  expect(describeNoise(rule({ fired: 6 }))).toBe("nobody takes it")
  expect(describeNoise(rule({ fired: 6, acknowledged: 1 }))).toBeNull()
  expect(describeNoise(rule({ fired: 2 }))).toBeNull()
})

test("noise stands first, then what fired most", () => {
  const noisy = rule({ noise: 1 })
  const busy = rule({ fired: 9, acknowledged: 9 })
  const calm = rule({ fired: 2 })
  expect([calm, busy, noisy].sort(byNoise)).toEqual([noisy, busy, calm])
})
