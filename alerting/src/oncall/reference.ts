/** Which documents name which: nothing may name what is not there, and what is named may not go. */
import type { OnCallDocuments, OnCallKind, Route } from "@ossagent/wire"
import type { World } from "./world.ts"

export interface Reference {
  kind: OnCallKind
  id: string
}

interface Use extends Reference {
  /** Path in the document. */
  where: string
}

/** The first thing that a document names and that is not there; null when all is well. */
export function findFault(
  kind: OnCallKind,
  document: OnCallDocuments[OnCallKind],
  world: World,
): { where: string; why: string } | null {
  for (const { kind: named, id, where } of toUses(kind, document))
    if (!(world[named as "contact"] as ReadonlyMap<string, unknown>).has(id))
      return { where, why: `there is no ${named} ${id}` }
  return null
}

/** The name of a document that names this one; null when nobody does. */
export function findNamed({ kind, id }: Reference, world: World): string | null {
  const lists: [OnCallKind, OnCallDocuments[OnCallKind]][] = [
    ...[...world.schedule.values()].map((one): [OnCallKind, OnCallDocuments[OnCallKind]] => ["schedule", one]),
    ...[...world.policy.values()].map((one): [OnCallKind, OnCallDocuments[OnCallKind]] => ["policy", one]),
    ...(world.root ? [["route", world.root] as [OnCallKind, Route]] : []),
  ]
  for (const [userKind, user] of lists)
    if (toUses(userKind, user).some((use) => use.kind === kind && use.id === id)) return `${userKind} ${user.name}`
  return null
}

function toUses(kind: OnCallKind, document: OnCallDocuments[OnCallKind]): Use[] {
  if (kind === "schedule") return toScheduleUses(document as OnCallDocuments["schedule"])
  if (kind === "policy") return toPolicyUses(document as OnCallDocuments["policy"])
  if (kind === "route") return toRouteUses(document as Route, "")
  return []
}

function toScheduleUses({ layers, overrides }: OnCallDocuments["schedule"]): Use[] {
  return [
    ...layers.flatMap(({ contacts }, i) =>
      contacts.map((id, j): Use => ({ kind: "contact", id, where: `layers.${i}.contacts.${j}` })),
    ),
    ...overrides.map(
      ({ contactId }, i): Use => ({ kind: "contact", id: contactId, where: `overrides.${i}.contactId` }),
    ),
  ]
}

const toPolicyUses = ({ steps }: OnCallDocuments["policy"]): Use[] =>
  steps.flatMap(({ targets }, i) =>
    targets.map(({ kind, id }, j): Use => ({ kind, id, where: `steps.${i}.targets.${j}` })),
  )

const toRouteUses = ({ policyId, children }: Route, at: string): Use[] => [
  { kind: "policy", id: policyId, where: `${at}policyId` },
  ...children.flatMap((child, i) => toRouteUses(child, `${at}children.${i}.`)),
]
