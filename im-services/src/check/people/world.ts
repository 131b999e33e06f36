import type { Stay } from "../judge/history.ts"
import type { Book } from "./book.ts"

const MOST_GROUPS = 6

/** The groups that people are in, as far as they were told. */
export class World {
  private readonly book: Book

  constructor(book: Book) {
    this.book = book
  }

  get full(): boolean {
    return new Set(this.book.stays.map(({ gid }) => gid)).size >= MOST_GROUPS
  }

  /** Groups that somebody is in for certain. */
  groupsOf(uid: number): number[] {
    return this.book.stays.filter((stay) => stay.uid === uid && isThere(stay)).map(({ gid }) => gid)
  }

  /** Of these, those who never were in the group, nor asked into it. */
  strangersTo(gid: number, uids: readonly number[]): number[] {
    const known = new Set(this.book.stays.filter((stay) => stay.gid === gid).map(({ uid }) => uid))
    return uids.filter((uid) => !known.has(uid))
  }

  /** How many are in it and have not begun to leave. */
  sizeOf(gid: number): number {
    return this.book.stays.filter((stay) => stay.gid === gid && isThere(stay)).length
  }

  begin(gid: number, uid: number): Stay {
    const never = Number.POSITIVE_INFINITY
    const stay = { gid, uid, joinBegunAt: this.book.now(), joinedAt: never, leaveBegunAt: never, leftAt: never }
    this.book.stays.push(stay)
    return stay
  }

  stayOf(gid: number, uid: number): Stay | undefined {
    return this.book.stays.find((stay) => stay.gid === gid && stay.uid === uid)
  }
}

const isThere = ({ joinedAt, leaveBegunAt }: Stay): boolean =>
  Number.isFinite(joinedAt) && !Number.isFinite(leaveBegunAt)
