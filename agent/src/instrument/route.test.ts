import { expect, test } from "vitest"
import { toRoute } from "./route.ts"

test.each([
  ["/", "/"],
  ["", "/"],
  ["/users/42?x=1#y", "/users/:id"],
  ["/users/3f2504e0-4f89-11d3-9a0c-0305e82c3301/posts", "/users/:id/posts"],
  ["/o/507f1f77bcf86cd799439011", "/o/:id"],
  ["/v1/frames", "/v1/frames"],
  ["/facade/deadbeef", "/facade/deadbeef"],
  ["/t/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9abc", "/t/:id"],
  ["//a//b/", "/a/b"],
  ["/a/b/c/d/e/f/g", "/a/b/c/d/e/*"],
])("the route of %s is %s", (url, route) => {
  expect(toRoute(url)).toBe(route)
})
