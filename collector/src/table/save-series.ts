import { setImmediate as nextTurn } from "node:timers/promises"
import { ByteWriter, KINDS, type Kind, type Labels } from "@ossagent/wire"
import { COLUMNS, type Registry } from "../head/registry.ts"
import type { Store } from "./client.ts"
import { NativeBlock } from "./native.ts"

const MOST_A_BATCH = 250_000
const PACK_ROWS = 10_000
const SAVE_EVERY_MS = 600_000

/** Writes new series, and every ten minutes when each was last seen, into the catalog's table. */
export class SeriesSaver {
  private readonly registry: Registry
  private readonly store: Store
  private refreshedAt = Date.now()
  private refresh: number[] = []

  constructor(registry: Registry, store: Store) {
    this.registry = registry
    this.store = store
  }

  /** At most 250,000 series a call, the rest with the next. */
  async save(): Promise<void> {
    this.findActive(Date.now())
    const { registry } = this
    const fresh = registry.unsaved.slice(0, MOST_A_BATCH)
    const active = this.refresh.slice(0, MOST_A_BATCH - fresh.length)
    if (fresh.length + active.length === 0) return
    const columns = `${COLUMNS.join(", ")}, kind, labels, unit, first_seen, last_seen`
    await this.store.insertNative("series", columns, packed(registry, fresh.concat(active)))
    registry.unsaved = registry.unsaved.slice(fresh.length)
    this.refresh = this.refresh.slice(active.length)
  }

  private findActive(now: number): void {
    if (now - this.refreshedAt < SAVE_EVERY_MS) return
    const since = this.refreshedAt
    this.refreshedAt = now
    this.refresh = [...this.registry].filter((slot) => (this.registry.lastSeen[slot] as number) >= since)
  }
}

async function* packed(registry: Registry, slots: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < slots.length; at += PACK_ROWS) {
    yield pack(registry, slots.slice(at, at + PACK_ROWS))
    await nextTurn()
  }
}

function pack(registry: Registry, slots: readonly number[]): Uint8Array {
  const native = new NativeBlock(new ByteWriter(slots.length * 64), 10, slots.length)
  const { texts } = registry.strings
  for (const column of COLUMNS)
    native.texts(
      column,
      slots.map((slot) => registry.columns[column][slot] as number),
      texts,
    )
  native.values(
    "kind",
    "Int8",
    Int8Array.from(slots, (slot) => registry.kind[slot] as number),
  )
  native.maps(
    "labels",
    Uint32Array.from(slots, (slot) => registry.labelSet[slot] as number),
    registry.labelSets,
    texts,
  )
  native.strings(
    "unit",
    slots.map((slot) => registry.unit[slot] as number),
    texts,
  )
  native.values(
    "first_seen",
    "UInt32",
    Uint32Array.from(slots, (slot) => Math.floor((registry.firstSeen[slot] as number) / 1000)),
  )
  native.values(
    "last_seen",
    "UInt32",
    Uint32Array.from(slots, (slot) => Math.floor((registry.lastSeen[slot] as number) / 1000)),
  )
  return native.bytes
}

interface SeriesRow {
  metric: string
  service: string
  subsystem: string
  version: string
  host: string
  kind: Kind
  labels: Labels
  unit: string
  first_seen: number
  last_seen: number
}

/** Fills the registry with the newest series of the table, up to `limit`, last seen within `days`. */
export async function loadSeries(registry: Registry, store: Store, limit: number, days: number): Promise<void> {
  const rows = await store.rows<SeriesRow>(
    `SELECT ${COLUMNS.join(", ")}, toString(kind) AS kind, labels, anyLast(s.unit) AS unit,
            toUnixTimestamp(min(s.first_seen)) AS first_seen, toUnixTimestamp(max(s.last_seen)) AS last_seen
     FROM series AS s
     GROUP BY ${COLUMNS.join(", ")}, kind, labels
     HAVING last_seen > {since:UInt32}
     ORDER BY last_seen DESC LIMIT {limit:UInt32}`,
    { since: Math.floor(Date.now() / 1000) - days * 86_400, limit },
  )
  for (const { first_seen, last_seen, ...series } of rows) {
    if (!KINDS.includes(series.kind)) continue
    const slot = registry.add(series, first_seen * 1000, true)
    registry.lastSeen[slot] = last_seen * 1000
  }
}
