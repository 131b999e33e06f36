import type { Head } from "../head/head.ts"
import type { Registry } from "../head/registry.ts"
import type { Store } from "../table/client.ts"
import { Cells } from "./cells.ts"
import { readHeadCells } from "./head-cells.ts"
import type { Selection } from "./selection.ts"
import { readTableCells } from "./table-cells.ts"

/** What every report reads from. */
export interface ReportContext {
  head: Pick<Head, "view">
  registry: Registry
  store: Store
  /** What a service's first so many ms bring was there before anybody looked: it is no new error. */
  baselineMs: number
  /** Ends when the asker has gone. */
  signal?: AbortSignal
}

/** Table ⊕ head: each point once, whatever is being stored meanwhile. */
export async function readCells(context: ReportContext, selection: Selection): Promise<Cells> {
  const { head, registry, store, signal } = context
  const cells = new Cells()
  const view = head.view()
  // Before anything is awaited: the head uses the memory of batches again.
  readHeadCells(cells, selection, view.batches, registry)
  await readTableCells(cells, selection, view, store, signal)
  return cells
}
