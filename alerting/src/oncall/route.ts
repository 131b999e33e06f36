import type { Route } from "@ossagent/wire"
import { type Facts, matchesAll } from "./matcher.ts"

/** One way through the tree: the nodes from the root to the one that takes the alarm. */
export type Path = Route[]

/**
 * The nodes that take an alarm. A node whose children all refuse takes it itself; the first child that matches ends the search among
 * its siblings, unless it says `continue`.
 */
export function findPaths(node: Route, facts: Facts): Path[] {
  if (!matchesAll(facts, node.matchers)) return []
  const paths: Path[] = []
  for (const child of node.children) {
    const found = findPaths(child, facts)
    paths.push(...found.map((path) => [node, ...path]))
    if (found.length > 0 && !child.continue) break
  }
  return paths.length > 0 ? paths : [[node]]
}
