import { expect, test } from "vitest"
import { describePreference } from "./words.ts"

const all = { severities: [], days: [], hours: null, channels: [], mode: "all", fallbackSec: 60 } as const

test("how a person wants to be told reads as a line", () => {
  expect(describePreference({ ...all, severities: [], days: [], channels: ["im", "email"] })).toBe(
    "any severity, every day: IM and e-mail",
  )
  expect(
    describePreference({
      ...all,
      severities: ["critical"],
      days: [1, 2, 3, 4, 5],
      hours: { from: "22:00", to: "07:00" },
      channels: ["sms", "email"],
      mode: "inOrder",
    }),
  ).toBe("critical, Mon–Fri 22:00–07:00: SMS, then e-mail, each after 60 s without delivery")
  expect(describePreference({ ...all, severities: ["info"], days: [6, 7], channels: [] })).toBe(
    "info, Sat, Sun: not told",
  )
})
