import { type Kysely, sql } from "kysely"
import type { Database } from "../database/types.ts"
import { encodeState, F, tryDecodeState } from "../detect/state.ts"
import { evict, type HistoryWatch, restoreSeries, type Watched } from "./history.ts"

export interface HistoryStore {
  /** Loads every saved series. Returns the newest minute among them (Unix seconds), or null. */
  load: (watch: HistoryWatch) => Promise<number | null>
  save: (series: readonly Watched[]) => Promise<void>
  /** Forgets series without a point since `before`, in memory and here. */
  evict: (watch: HistoryWatch, before: number) => Promise<number>
}

const PAGE = 1_000

export function createHistoryStore(db: Kysely<Database>): HistoryStore {
  return {
    load: (watch) => load(db, watch),
    save: async (series) => {
      for (let i = 0; i < series.length; i += PAGE) await savePage(db, series.slice(i, i + PAGE))
    },
    evict: async (watch, before) => {
      const keys = evict(watch, before)
      if (keys.length > 0) await db.deleteFrom("history_state").where("last_t", "<", String(before)).execute()
      return keys.length
    },
  }
}

async function load(db: Kysely<Database>, watch: HistoryWatch): Promise<number | null> {
  let after = ""
  let newest: number | null = null
  for (;;) {
    const rows = await db
      .selectFrom("history_state")
      .selectAll()
      .where("key", ">", after)
      .orderBy("key")
      .limit(PAGE)
      .execute()
    for (const { meta, state: bytes, last_t } of rows) {
      const state = tryDecodeState(bytes)
      if (state) restoreSeries(watch, { ...meta, state })
      newest = Math.max(newest ?? 0, Number(last_t))
    }
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return newest
    after = last.key
  }
}

async function savePage(db: Kysely<Database>, page: readonly Watched[]): Promise<void> {
  const rows = page.map(({ key, metric, stat, unit, group, kind, state }) => ({
    key,
    meta: JSON.stringify({ metric, stat, unit, group, kind }),
    last_t: state.numbers[F.lastT] as number,
    state: encodeState(state),
  }))
  await db
    .insertInto("history_state")
    .values(rows)
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet({
        meta: sql`excluded.meta`,
        last_t: sql`excluded.last_t`,
        state: sql`excluded.state`,
      }),
    )
    .execute()
  for (const watched of page) watched.dirty = false
}
