const SLOTS = 4

/**
 * How often the same thing was said, of the four that were said most: a fifth takes the place of the least. Counts shrink with time, so that
 * what is said now and then does not add up; the estimate is never above the truth.
 */
export class Sames {
  private readonly hashes = new Uint32Array(SLOTS)
  /** For each slot: the minute's count and the hour's. */
  private readonly counts = new Float64Array(SLOTS * 2)

  /** Counts one; answers the minute's and the hour's count of it. */
  add(hash: number): { minute: number; hour: number } {
    const slot = this.slotOf(hash)
    const minute = (this.counts[slot * 2] as number) + 1
    const hour = (this.counts[slot * 2 + 1] as number) + 1
    this.counts[slot * 2] = minute
    this.counts[slot * 2 + 1] = hour
    return { minute, hour }
  }

  shrink(byMinute: number, byHour: number): void {
    for (let slot = 0; slot < SLOTS; slot++) {
      this.counts[slot * 2] = (this.counts[slot * 2] as number) * byMinute
      this.counts[slot * 2 + 1] = (this.counts[slot * 2 + 1] as number) * byHour
    }
  }

  private slotOf(hash: number): number {
    let least = 0
    for (let slot = 0; slot < SLOTS; slot++) {
      if (this.hashes[slot] === hash && (this.counts[slot * 2 + 1] as number) > 0) return slot
      if ((this.counts[slot * 2 + 1] as number) < (this.counts[least * 2 + 1] as number)) least = slot
    }
    this.hashes[least] = hash
    this.counts.fill(0, least * 2, least * 2 + 2)
    return least
  }
}
