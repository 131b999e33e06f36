import { expect, it } from "vitest"
import { findGuardCall } from "./calls.ts"

it("reading takes a viewer, every change an operator, and each change has its word in the audit", () => {
  expect(findGuardCall("GET", "throttles")?.role).toBe("viewer")
  for (const [method, path] of [
    ["POST", "throttles/7/release"],
    ["POST", "dry-run"],
    ["DELETE", "allow/100000001"],
    ["DELETE", "classes/8.0.1"],
    ["DELETE", "features/*/history"],
    ["POST", "accesses/0a1b/drain"],
  ] as const)
    expect(findGuardCall(method, path)).toMatchObject({ role: "operator", action: expect.any(String) })
})

it("nothing else is passed on", () => {
  for (const path of ["throttles/../allow", "throttles/x/release", "classes/", "features/8.0.1/a/b", "readyz"])
    for (const method of ["GET", "POST", "DELETE", "PUT"]) expect(findGuardCall(method, path)).toBeUndefined()
})
