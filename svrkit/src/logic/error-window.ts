/** Share of faults among the calls of the last while, in slots of a tenth of it; no clock of its own. */
export interface ErrorWindow {
  add: (isFault: boolean, now: number) => void
  read: (now: number) => { calls: number; faults: number }
}

const SLOTS = 10

export function createErrorWindow(windowMs: number): ErrorWindow {
  const slotMs = windowMs / SLOTS
  const slots = Array.from({ length: SLOTS }, () => ({ at: Number.NEGATIVE_INFINITY, calls: 0, faults: 0 }))
  return {
    add: (isFault, now) => {
      const turn = Math.floor(now / slotMs)
      const slot = slots[turn % SLOTS] as (typeof slots)[number]
      if (slot.at !== turn) Object.assign(slot, { at: turn, calls: 0, faults: 0 })
      slot.calls++
      if (isFault) slot.faults++
    },
    read: (now) => {
      const oldest = Math.floor(now / slotMs) - SLOTS
      const sum = { calls: 0, faults: 0 }
      for (const { at, calls, faults } of slots) {
        if (at <= oldest) continue
        sum.calls += calls
        sum.faults += faults
      }
      return sum
    },
  }
}
