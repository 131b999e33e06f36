import { createSeqClient } from "@ossagent/im-services/seq/client"
import { createSeqClient as createCalls } from "@ossagent/im-services/seq/generated/seq.client"
import { SEQ } from "@ossagent/im-services/seq/generated/seq.table"
import { SECTION_USERS } from "@ossagent/im-services/seq/sections"
import pg from "pg"
import { atMost, type Figure, stated } from "../result.ts"
import type { SeqStack } from "./stack.ts"

const USERS = 100_000_000

/** What one store keeps for 100 million users, after each section was used. */
export async function sizeFigures(stack: SeqStack): Promise<Figure[]> {
  const allocator = await stack.startAllocator()
  const client = createSeqClient(stack.caller, [allocator.target])
  const sections = USERS / SECTION_USERS
  const from = performance.now()
  await client.allocate(
    Array.from({ length: sections }, (_, section) => section * SECTION_USERS),
    [],
    { timeoutMs: 60_000 },
  )
  const takenMs = performance.now() - from
  const { sections: taken } = await createCalls(stack.caller.channel(SEQ, [allocator.target])).state({})
  if (taken !== sections) throw new Error(`${taken} sections were taken, not ${sections}`)
  const db = new pg.Client(stack.postgres.url)
  await db.connect()
  const sql = `SELECT count(*)::int AS rows, sum(length(key) + length(value) + 8)::int AS bytes FROM a.store_rows WHERE store = 'seq.sections'`
  const { rows } = await db.query<{ rows: number; bytes: number }>(sql)
  await db.end()
  await allocator.end("SIGTERM")
  const kept = rows[0]?.bytes ?? 0
  return [
    stated("sections of 100 million users", rows[0]?.rows ?? 0, "rows"),
    atMost("state of 100 million users in one store: keys, versions, values", kept / 1_000, "kB", 200),
    stated("one number of 8 bytes for each user instead", (USERS * 8) / 1e6, "MB"),
    stated("times as much", (USERS * 8) / kept, "×"),
    stated("all these sections taken by a fresh allocator, one call", takenMs / 1_000, "s"),
  ]
}
