import { expect, test } from "vitest"
import { loginHref } from "./loginhref.ts"

test("after the log-in people are where their link led, on this host", () => {
  for (const [asked, href] of [
    ["/alarms/7?state=all", "/login?next=%2Falarms%2F7%3Fstate%3Dall"],
    ["/alarms/7?_rsc=abc", "/login?next=%2Falarms%2F7"],
    ["//evil.example/x", "/login?next=%2Fx"],
    ["/", "/login"],
    ["//", "/login"],
    [null, "/login"],
  ] as const)
    expect(loginHref(asked)).toBe(href)
})
