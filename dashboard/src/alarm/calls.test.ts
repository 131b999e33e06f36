import { expect, test } from "vitest"
import { mayAs } from "../auth/roles.ts"
import { findCall } from "./calls.ts"

test("reading takes a viewer, every change an operator", () => {
  expect(findCall("GET", "alarms")?.role).toBe("viewer")
  expect(findCall("GET", "alarms/12")?.role).toBe("viewer")
  for (const [method, path] of [
    ["POST", "alarms/12/acknowledge"],
    ["POST", "silences"],
    ["DELETE", "silences/3"],
    ["PUT", "rules/absence"],
    ["POST", "incidents/4/notes"],
    ["POST", "oncall/channel"],
    ["PUT", "oncall/route/2"],
    ["DELETE", "oncall/contact/9"],
    ["POST", "oncall/channel/3/test"],
  ] as const)
    expect(findCall(method, path)?.role).toBe("operator")
  for (const path of ["incidents/4", "messages", "care", "oncall/channel", "oncall/now", "templates/variables"])
    expect(findCall("GET", path)?.role).toBe("viewer")
  expect(findCall("POST", "oncall/who")?.role).toBe("viewer")
})

test("nothing else is passed on", () => {
  for (const path of [
    "audit",
    "alarms/1/delete",
    "alarms/../audit",
    "alarms/a%2fb",
    "rules/1/2",
    "oncall/secret",
    "oncall/channel/1",
    "",
  ])
    expect(findCall("GET", path)).toBeUndefined()
  expect(findCall("DELETE", "alarms/1")).toBeUndefined()
})

test("a role may what the ones below it may, and an unknown one nothing", () => {
  expect(mayAs("admin", "operator")).toBe(true)
  expect(mayAs("viewer", "operator")).toBe(false)
  for (const role of ["root", "", null, undefined]) expect(mayAs(role, "viewer")).toBe(false)
})
