/**
 * What a SET committed of late, by user: exact, for the SET's owner is its only writer. A sync of somebody who is online is answered from
 * here. Bounded by bytes; the users that were touched longest ago, more or less, go first, and are read from the store again.
 */
export interface Message {
  seq: number
  from: number
  clientId: number
  chat: number
  /** Unix ms. */
  at: number
  kind: number
  text: string
  flags: number
  /** Of a recall: number of the message taken back. */
  ref: number
}

export interface Change {
  seq: number
  topic: number
  subject: number
  state: number
  value: Uint8Array
}

export type Entry = Message | Change
export const isChange = (entry: Entry): entry is Change => "topic" in entry

export interface Recent {
  /** Newest number; 0: nothing yet. */
  latest: number
  /** Everything above this number is in `entries`. */
  floor: number
  /** In the order of their numbers. */
  entries: Entry[]
  bytes: number
  /** When it was moved to the end of all, in touches. */
  movedAt: number
}

const USER_BYTES = 160
const ENTRY_BYTES = 120
const MOST_ENTRIES = 128
/** A user is moved once in so many touches for each user: a map that is written to all the time leaves old tables behind. */
const MOVE_AFTER = 4

const bytesOf = (entry: Entry): number => ENTRY_BYTES + (isChange(entry) ? entry.value.length : entry.text.length * 2)

export class RecentMemory {
  private readonly users = new Map<number, Recent>()
  private bytes = 0
  private touches = 0
  /** Rises when all was forgotten: what was read from the store before is not to be kept. */
  generation = 0
  /** Users that are being read from the store just now, and what was committed for them meanwhile. */
  private readonly reading = new Map<number, number>()
  private readonly mostBytes: number

  constructor(mostBytes: number) {
    this.mostBytes = mostBytes
  }

  get size(): { users: number; bytes: number } {
    return { users: this.users.size, bytes: this.bytes }
  }

  /** What is known of a user; undefined: ask the store. */
  get(uid: number): Recent | undefined {
    const recent = this.users.get(uid)
    if (recent !== undefined) this.touch(uid, recent)
    return recent
  }

  /** These users are about to be read; `learn` follows. */
  expect(uids: readonly number[]): void {
    for (const uid of uids) this.reading.set(uid, 0)
  }

  /** What the store says of a user that was expected. */
  learn(uid: number, read: number): Recent {
    const latest = Math.max(read, this.reading.get(uid) ?? 0)
    this.reading.delete(uid)
    const known = this.users.get(uid)
    if (known !== undefined) return known
    const recent: Recent = { latest, floor: latest, entries: [], bytes: USER_BYTES, movedAt: this.touches }
    this.add(uid, recent)
    return recent
  }

  /** What was just committed, in the order of its numbers. */
  commit(uid: number, entry: Entry): void {
    const bytes = bytesOf(entry)
    const known = this.users.get(uid)
    if (this.reading.has(uid)) this.reading.set(uid, entry.seq)
    if (known === undefined) {
      this.add(uid, {
        ...{ latest: entry.seq, floor: entry.seq - 1, entries: [entry] },
        ...{ bytes: USER_BYTES + bytes, movedAt: this.touches },
      })
      return
    }
    known.entries.push(entry)
    known.latest = entry.seq
    known.bytes += bytes
    this.bytes += bytes
    if (known.entries.length > MOST_ENTRIES) this.trim(known)
    this.touch(uid, known)
    this.evict()
  }

  /** A message was taken back: its text is gone. */
  blank(uid: number, seq: number, flag: number): void {
    const entry = this.users.get(uid)?.entries.find((one) => one.seq === seq)
    if (entry === undefined || isChange(entry)) return
    entry.text = ""
    entry.flags |= flag
  }

  clear(): void {
    this.users.clear()
    this.reading.clear()
    this.bytes = 0
    this.generation++
  }

  private add(uid: number, recent: Recent): void {
    this.users.set(uid, recent)
    this.bytes += recent.bytes
    this.evict()
  }

  private touch(uid: number, recent: Recent): void {
    this.touches++
    if (this.touches - recent.movedAt < MOVE_AFTER * this.users.size) return
    recent.movedAt = this.touches
    this.users.delete(uid)
    this.users.set(uid, recent)
  }

  /** Half of the entries go, so that this is rare. */
  private trim(recent: Recent): void {
    const gone = recent.entries.splice(0, MOST_ENTRIES / 2)
    recent.floor = gone.at(-1)?.seq ?? recent.floor
    for (const entry of gone) {
      recent.bytes -= bytesOf(entry)
      this.bytes -= bytesOf(entry)
    }
  }

  private evict(): void {
    if (this.bytes <= this.mostBytes) return
    for (const [uid, recent] of this.users) {
      if (this.bytes <= this.mostBytes * 0.9) break
      this.users.delete(uid)
      this.bytes -= recent.bytes
    }
  }
}

/** Entries above a number; the array is in order. */
export function entriesAfter(entries: readonly Entry[], seq: number): Entry[] {
  let from = entries.length
  while (from > 0 && (entries[from - 1] as Entry).seq > seq) from--
  return entries.slice(from)
}
