import type { Route } from "@ossagent/wire"
import { expect, test } from "vitest"
import { nodeAt, withChildren, withNode } from "./tree.ts"

const node = (name: string, ...children: Route[]): Route => ({
  ...{ name, matchers: [], continue: false, policyId: "1", groupBy: [], groupWaitSec: 1 },
  children,
})
const root = node("all", node("shop", node("pay")), node("im"))

test("a node is found, and changed, by its path and nothing else changes", () => {
  expect(nodeAt(root, [0, 0])?.name).toBe("pay")
  expect(nodeAt(root, [])?.name).toBe("all")
  expect(nodeAt(root, [2])).toBeUndefined()
  const changed = withNode(root, [0, 0], node("cash"))
  expect(changed).toEqual(node("all", node("shop", node("cash")), node("im")))
  expect(nodeAt(root, [0, 0])?.name).toBe("pay")
})

test("children are added, moved and removed below a path", () => {
  expect(withChildren(root, [1], (all) => [...all, node("chat")])).toEqual(
    node("all", node("shop", node("pay")), node("im", node("chat"))),
  )
  expect(withChildren(root, [], (all) => all.toReversed())).toEqual(node("all", node("im"), node("shop", node("pay"))))
  expect(withChildren(root, [5], () => [])).toEqual(root)
})
