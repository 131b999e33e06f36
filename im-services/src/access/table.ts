import type { Session } from "./session.ts"

/** Devices of one user that are connected at the same time; a further one takes the place of the first. */
export const MOST_DEVICES = 16

/** Who is connected: user → one session for each device, of both transports. */
export class SessionTable {
  private readonly first = new Map<number, Session>()
  /** Sessions that are logged in. */
  count = 0

  has(uid: number): boolean {
    return this.first.has(uid)
  }

  /** The first of the user's sessions; `sibling` is the next. */
  firstOf(uid: number): Session | null {
    return this.first.get(uid) ?? null
  }

  /** The user's sessions, in no order; do not add or remove meanwhile. */
  *of(uid: number): Generator<Session> {
    for (let one = this.firstOf(uid); one !== null; one = one.sibling) yield one
  }

  /** Adds a session; answers the one that has to go for it, if any. */
  add(session: Session): Session | null {
    const others = [...this.of(session.uid)]
    const same = others.find(({ device }) => device === session.device)
    const leaving = same ?? (others.length >= MOST_DEVICES ? (others.at(-1) as Session) : null)
    if (leaving !== null) this.remove(leaving)
    session.sibling = this.first.get(session.uid) ?? null
    this.first.set(session.uid, session)
    this.count++
    return leaving
  }

  /** True when it was the user's last. */
  remove(session: Session): boolean {
    const { uid, sibling } = session
    const first = this.first.get(uid)
    if (first === undefined) return false
    if (first === session) {
      if (sibling === null) this.first.delete(uid)
      else this.first.set(uid, sibling)
    } else {
      let before: Session | null = first
      while (before !== null && before.sibling !== session) before = before.sibling
      if (before === null) return false
      before.sibling = sibling
    }
    session.sibling = null
    this.count--
    return !this.first.has(uid)
  }

  uids(): IterableIterator<number> {
    return this.first.keys()
  }
}
