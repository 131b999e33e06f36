/**
 * remove: takes what a simulated service sent, or what was sent of simulated clients, out of tables and catalog. By name, and by names that mark
 * the simulated alone: no mistake of a caller reaches anything else.
 */
import { parse, type ServiceContext } from "@ossagent/svrkit"
import { LIMITS } from "@ossagent/wire"
import { z } from "zod"
import type { Head } from "../head/head.ts"
import type { Registry } from "../head/registry.ts"
import type { Store } from "../table/client.ts"

const TABLES = ["points_1s", "points_1m", "points_1h", "series", "events", "exceptions"] as const
type Column = "service" | "version"
/** A batch that is stored meanwhile may roll up what is just taken away. */
const MOST_ROUNDS = 3
/** Batches in memory name their series by slots: these are given to others when no batch holds them any more. */
const FREED_AFTER_MS = 60_000

const QUESTION = z.union([
  z.strictObject({
    service: z
      .string()
      .max(LIMITS.value)
      .regex(/^demo-./, "must begin with demo-"),
  }),
  z.strictObject({
    version: z
      .string()
      .max(LIMITS.value)
      .regex(/.-demo$/, "must end with -demo"),
  }),
])

export interface RemoveParts {
  head: Pick<Head, "flush">
  registry: Registry
  store: Pick<Store, "rows" | "run">
  /** How long the registry keeps series that nobody sends, ms. */
  keptMs: number
}

/** `POST /v1/remove` `{ service }` or `{ version }`: answers how many rows of each table went, and how many series are sent still. */
export function answerRemoval({ http }: Pick<ServiceContext<Record<never, never>>, "http">, parts: RemoveParts): void {
  http.post("/v1/remove", { config: { scope: "remove" } }, async (request) => {
    const question = parse(QUESTION, request.body, "question")
    const [column, value] = Object.entries(question)[0] as [Column, string]
    return remove(parts, column, value)
  })
}

async function remove(parts: RemoveParts, column: Column, value: string) {
  const { head, store, registry, keptMs } = parts
  const from = Date.now()
  await head.flush()
  const removed: Record<string, number> = {}
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = await Promise.all(TABLES.map((table) => countRows(store, table, { column, value })))
    if (before.every((rows) => rows === 0)) break
    for (const [i, table] of TABLES.entries()) {
      if (before[i] === 0) continue
      await store.run(`ALTER TABLE ${table} DELETE WHERE ${column} = {value:String} SETTINGS mutations_sync = 2`, {
        value,
      })
      removed[table] = (removed[table] ?? 0) + (before[i] as number)
    }
  }
  const slots = [...registry].filter((slot) => registry.text(column, slot) === value)
  const silent = slots.filter((slot) => (registry.lastSeen[slot] as number) < from)
  forget(registry, new Set(silent), keptMs)
  return { removed, series: silent.length, stillSent: slots.length - silent.length }
}

async function countRows(
  store: RemoveParts["store"],
  table: string,
  { column, value }: { column: Column; value: string },
) {
  const [row] = await store.rows<{ rows: number }>(
    `SELECT count() AS rows FROM ${table} WHERE ${column} = {value:String}`,
    { value },
  )
  return row?.rows ?? 0
}

/** They are old at once, and go when the registry next looks for what is old; sent again meanwhile, they are new. */
function forget(registry: Registry, slots: ReadonlySet<number>, keptMs: number): void {
  const now = Date.now()
  for (const slot of slots) {
    registry.lastSeen[slot] = now - keptMs + FREED_AFTER_MS
    registry.firstSeen[slot] = now
  }
  registry.unsaved = registry.unsaved.filter((slot) => !slots.has(slot))
}
