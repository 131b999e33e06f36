import type { Route } from "@ossagent/wire"

/** Places of the children on the way from the root. */
export type RoutePath = readonly number[]

/** The node at a path; undefined when there is none. */
export const nodeAt = (root: Route, path: RoutePath): Route | undefined =>
  path.reduce<Route | undefined>((node, i) => node?.children[i], root)

/** The tree with another node at a path; the node's children come with it. */
export function withNode(root: Route, path: RoutePath, node: Route): Route {
  const [i, ...rest] = path
  if (i === undefined) return node
  return { ...root, children: root.children.map((child, at) => (at === i ? withNode(child, rest, node) : child)) }
}

/** The tree with other children below a path. */
export function withChildren(root: Route, path: RoutePath, change: (children: Route[]) => Route[]): Route {
  const node = nodeAt(root, path)
  return node ? withNode(root, path, { ...node, children: change(node.children) }) : root
}
