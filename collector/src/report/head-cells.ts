import { hasBuckets, KINDS } from "@ossagent/wire"
import type { Batch } from "../head/batch.ts"
import { BLOCK_SEC, type Block } from "../head/block.ts"
import type { Registry } from "../head/registry.ts"
import { type Cells, fold, foldBucket, type GroupCells } from "./cells.ts"
import { dimensionOf, type Selection, slotsOf } from "./selection.ts"
import { groupKey } from "./table-cells.ts"

/** The part of a selection that batches in memory answer. */
export function readHeadCells(cells: Cells, selection: Selection, batches: readonly Batch[], registry: Registry): void {
  const groups = new Map<number, GroupCells | null>()
  const slots = slotsOf(registry, selection)
  for (const kind of KINDS) {
    if (selection.kind !== null && selection.kind !== kind) continue
    for (const batch of batches) {
      for (const block of batch.between(kind, selection.from, selection.to)) {
        readBlock(cells, selection, block, { slots, groups, registry })
      }
    }
  }
}

interface Known {
  slots: readonly number[]
  /** Groups of slots met before; null: the slot's group is not wanted. */
  groups: Map<number, GroupCells | null>
  registry: Registry
}

function readBlock(cells: Cells, selection: Selection, block: Block, known: Known): void {
  const wanted = selection.buckets && hasBuckets(block.kind) ? new Map<number, GroupCells>() : null
  for (const slot of known.slots) {
    const row = block.rowOf(slot)
    if (row < 0) continue
    const group = groupOf(cells, selection, slot, known)
    if (group === null) continue
    readRow(group, selection, block, row)
    wanted?.set(row, group)
  }
  if (wanted !== null && wanted.size > 0) readEntries(selection, block, wanted)
}

function groupOf(cells: Cells, selection: Selection, slot: number, { groups, registry }: Known): GroupCells | null {
  const known = groups.get(slot)
  if (known !== undefined) return known
  const values = selection.dims.map((dim) => dimensionOf(registry, slot, dim))
  const metric = registry.text("metric", slot)
  const kind = registry.kindOf(slot)
  const key = groupKey(selection, metric, kind, values)
  const wanted = selection.groups === null || selection.groups.includes(key)
  const group = wanted ? cells.group(key, () => ({ metric, kind, values })) : null
  groups.set(slot, group)
  return group
}

const stepOf = (selection: Selection, second: number): number =>
  Math.floor((second - selection.from) / selection.stepSec)

function readRow(group: GroupCells, selection: Selection, block: Block, row: number): void {
  const mask = block.mask[row] as number
  const counter = block.kind === "counter"
  for (let offset = 0; offset < BLOCK_SEC; offset++) {
    const second = block.start + offset
    if ((mask & (1 << offset)) === 0 || second < selection.from || second >= selection.to) continue
    const at = row * BLOCK_SEC + offset
    fold(group, stepOf(selection, second), {
      count: counter ? 0 : (block.count[at] as number),
      sum: block.sum[at] as number,
      min: counter ? 0 : (block.min[at] as number),
      max: counter ? 0 : (block.max[at] as number),
      last: block.kind === "gauge" ? (block.last[at] as number) : 0,
      lastAt: second,
    })
  }
}

function readEntries(selection: Selection, block: Block, wanted: ReadonlyMap<number, GroupCells>): void {
  for (let entry = 0; entry < block.entries; entry++) {
    const group = wanted.get(block.entryRow[entry] as number)
    const second = block.start + (block.entrySecond[entry] as number)
    if (group === undefined || second < selection.from || second >= selection.to) continue
    foldBucket(group, stepOf(selection, second), block.entryBucket[entry] as number, block.entryCount[entry] as number)
  }
}
