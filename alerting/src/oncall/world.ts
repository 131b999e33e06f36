/** Everything about people that a decision needs, read at once: small documents, a few hundred at most. */
import type { OnCallDocuments, OnCallKind, Route } from "@ossagent/wire"
import type { Kysely, Selectable } from "kysely"
import type { Database } from "../database/types.ts"

export type Known<K extends OnCallKind> = OnCallDocuments[K] & { id: string }

export interface World {
  contact: Map<string, Known<"contact">>
  schedule: Map<string, Known<"schedule">>
  policy: Map<string, Known<"policy">>
  inhibition: Map<string, Known<"inhibition">>
  maintenance: Map<string, Known<"maintenance">>
  channel: Map<string, Known<"channel">>
  /** Null only before the first start has written it. */
  root: Route | null
}

/** Documents of one kind at most: what is over it is refused when it is saved. */
export const MOST_OF_A_KIND = 1_000

export async function readWorld(db: Kysely<Database>): Promise<World> {
  const rows = await db.selectFrom("oncall").select(["id", "kind", "body"]).where("kind", "<>", "template").execute()
  return toWorld(rows)
}

export function toWorld(rows: readonly Pick<Selectable<Database["oncall"]>, "id" | "kind" | "body">[]): World {
  const of = <K extends OnCallKind>(kind: K): Map<string, Known<K>> =>
    new Map(
      rows
        .filter((row) => row.kind === kind)
        .map(({ id, body }) => [id, { ...(body as unknown as OnCallDocuments[K]), id }]),
    )
  return {
    contact: of("contact"),
    schedule: of("schedule"),
    policy: of("policy"),
    inhibition: of("inhibition"),
    maintenance: of("maintenance"),
    channel: of("channel"),
    root: [...of("route").values()][0] ?? null,
  }
}
