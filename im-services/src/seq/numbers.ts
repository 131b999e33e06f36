import { SECTION_USERS, STEP } from "./sections.ts"

const PAGE_USERS = 500
export const PAGE_BYTES = PAGE_USERS * 4
const MOST_OFFSET = 2 ** 32 - 1

/**
 * The last numbers given to the users of one section, in memory. All begin at what was persisted when the section was taken: whatever was
 * given before is not above it.
 */
export class Numbers {
  private readonly base: number
  private persisted: number
  /** Distances from the base; users that were given nothing have no page. */
  private readonly pages: (Uint32Array | undefined)[] = []
  private highest: number
  pageCount = 0

  /** @param base the persisted maximum of whoever served the section before; 0: nobody did */
  constructor(base: number) {
    this.base = base
    this.persisted = base
    this.highest = base
  }

  get max(): number {
    return this.persisted
  }

  /** Less than half a step is left: the next maximum should be persisted. */
  get low(): boolean {
    return this.persisted - this.highest < STEP / 2
  }

  /** The maximum was persisted. */
  raise(max: number): void {
    if (max > this.persisted) this.persisted = max
  }

  /** Whether `count` more numbers for the user at `place` are below the maximum. */
  has(place: number, count: number): boolean {
    const offset = this.offsetOf(place) + count
    return this.base + offset <= this.persisted && offset <= MOST_OFFSET
  }

  /** The last of `count` numbers for the user at `place`; null when they would pass the maximum. */
  tryGive(place: number, count: number): number | null {
    if (!this.has(place, count)) return null
    const offset = this.offsetOf(place) + count
    const index = Math.floor(place / PAGE_USERS)
    this.page(index)[place - index * PAGE_USERS] = offset
    const last = this.base + offset
    if (last > this.highest) this.highest = last
    return last
  }

  /** The maximum that lets `count` more be given to anyone. */
  next(count: number): number {
    return Math.max(this.persisted, this.highest + count) + STEP
  }

  /** No user can be given much more: the section is to be taken anew. */
  get full(): boolean {
    return this.highest - this.base > MOST_OFFSET / 2
  }

  private offsetOf(place: number): number {
    const index = Math.floor(place / PAGE_USERS)
    return this.pages[index]?.[place - index * PAGE_USERS] ?? 0
  }

  private page(index: number): Uint32Array {
    const there = this.pages[index]
    if (there !== undefined) return there
    const page = new Uint32Array(Math.min(PAGE_USERS, SECTION_USERS))
    this.pages[index] = page
    this.pageCount++
    return page
  }
}
