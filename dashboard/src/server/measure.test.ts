import { expect, test } from "vitest"
import { toRoute } from "./measure.ts"

test("names and ids do not make routes of their own", () => {
  for (const [path, route] of [
    ["/", "/"],
    ["/alarms", "/alarms"],
    ["/alarms/12", "/alarms/:id"],
    ["/s/shop/check%20out", "/s/:service/:subsystem"],
    ["/m/order.paid", "/m/:metric"],
    ["/api/report/range", "/api/report/range"],
    ["/api/auth/sign-in/email", "/api/auth/sign-in/email"],
    ["/api/alerting/alarms/12/acknowledge", "/api/alerting/alarms/:id/acknowledge"],
    ["/api/alerting/rules/absence", "/api/alerting/rules/:id"],
    ["/api/users/abc", "/api/users/:id"],
    ["/_next/static/chunks/1.js", "/_next/*"],
    ["/wp-admin/../x", "other"],
  ] as const)
    expect(toRoute(path)).toBe(route)
})
