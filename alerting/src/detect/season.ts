/** What the same quarter of an hour of the last seven days was like. */
import { F, type HistoryState, SLOTS } from "./state.ts"

export const SEASON = { leastDays: 3, weekGain: 0.8 }
const SLOT_SEC = 900
const SLOTS_A_DAY = 96
const DAYS = 7

/** Closes the slot before `t` when `t` lies in another, and reads what is known of the new one. */
export function turnSlot(state: HistoryState, t: number): void {
  const { numbers: n, ring } = state
  const slot = Math.floor(t / SLOT_SEC)
  const open = n[F.slot] as number
  if (slot === open && (n[F.seen] as number) > 0) return
  if ((n[F.slotCount] as number) > 0) writeSlot(ring, open, (n[F.slotSum] as number) / (n[F.slotCount] as number), slot)
  n[F.slot] = slot
  n[F.slotSum] = 0
  n[F.slotCount] = 0
  readSeason(state, slot)
}

export function addToSlot({ numbers: n }: HistoryState, value: number): void {
  n[F.slotSum] = (n[F.slotSum] as number) + value
  n[F.slotCount] = (n[F.slotCount] as number) + 1
}

/** What is expected by the season, moved to today's level; NaN before there are days enough. */
export function toSeason(n: Float64Array): number {
  const day = n[F.day] as number
  const week = n[F.week] as number
  const weekly = !Number.isNaN(week) && (n[F.errWeek] as number) < SEASON.weekGain * (n[F.errDay] as number)
  return weekly ? week : day
}

const toIndex = (slot: number): number => ((slot % SLOTS) + SLOTS) % SLOTS

function readSeason({ numbers: n, ring }: HistoryState, slot: number): void {
  const days: number[] = []
  for (let d = 1; d <= DAYS; d++) {
    const value = ring[toIndex(slot - d * SLOTS_A_DAY)] as number
    if (!Number.isNaN(value)) days.push(value)
  }
  days.sort((a, b) => a - b)
  const known = days.length >= SEASON.leastDays
  n[F.days] = days.length
  n[F.low] = known ? (days[0] as number) : Number.NaN
  n[F.high] = known ? (days.at(-1) as number) : Number.NaN
  n[F.day] = known ? toMiddle(days) : Number.NaN
  n[F.week] = known ? (ring[toIndex(slot - DAYS * SLOTS_A_DAY)] as number) : Number.NaN
}

const toMiddle = (sorted: readonly number[]): number =>
  ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2

function writeSlot(ring: Float32Array, slot: number, mean: number, next: number): void {
  ring[toIndex(slot)] = mean
  const skipped = Math.min(next - slot - 1, SLOTS - 1)
  for (let i = 1; i <= skipped; i++) ring[toIndex(slot + i)] = Number.NaN
}
