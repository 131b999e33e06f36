import type { Incident } from "@ossagent/wire"
import { expect, test } from "vitest"
import { byUrgency, describeAlarms, describePolicy } from "./words.ts"

const incident = (part: Partial<Incident>): Incident =>
  ({ state: "firing", severity: "warning", quiet: null, startedAt: 0, ...part }) as Incident

test("what needs somebody stands first, what is quiet or taken after it", () => {
  const quiet = incident({ severity: "critical", quiet: "silenced by 7" })
  const taken = incident({ severity: "critical", state: "acknowledged", startedAt: 5 })
  const bad = incident({ severity: "critical" })
  const newer = incident({ startedAt: 9 })
  const older = incident({ startedAt: 1 })
  expect([older, quiet, newer, taken, bad].sort(byUrgency)).toEqual([bad, newer, older, taken, quiet])
})

test("its alarms and its policy read as words", () => {
  expect(describeAlarms({ alarms: 1, openAlarms: 1 })).toBe("1 alarm")
  expect(describeAlarms({ alarms: 1_200, openAlarms: 3 })).toBe("1,200 alarms, 3 open")
  expect(describePolicy({ policyName: null, step: 0 })).toBeNull()
  expect(describePolicy({ policyName: "Everyone", step: 2 })).toBe("Everyone, step 2 taken")
})
