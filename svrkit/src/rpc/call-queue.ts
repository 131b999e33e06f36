import { toKey } from "../admit/admission.ts"
import type { ServerCall } from "./server-call.ts"

/** Calls that wait for their turn, in the order in which they came. Those that ended meanwhile stay until their turn comes. */
export class CallQueue {
  private calls: ServerCall[] = []
  private head = 0

  get length(): number {
    return this.calls.length - this.head
  }

  push(call: ServerCall): void {
    this.calls.push(call)
  }

  /** The next call that waits still; undefined where there is none. */
  shift(): ServerCall | undefined {
    while (this.head < this.calls.length) {
      const call = this.calls[this.head++] as ServerCall
      if (this.head > 1_024 && this.head * 2 > this.calls.length) this.cut(this.calls.slice(this.head))
      if (call.state === "waiting") return call
    }
    if (this.head > 0) this.cut([])
    return undefined
  }

  /** How many wait, and how long they have waited together. */
  waitingAt(now: number): { calls: number; sumMs: number } {
    let calls = 0
    let sumMs = 0
    for (const call of this.waiting()) {
      calls++
      sumMs += now - call.arrivedAt
    }
    return { calls, sumMs }
  }

  /** Takes out those whose key is beyond `level`. */
  takeBeyond(level: number): ServerCall[] {
    const waiting = [...this.waiting()]
    const isBeyond = ({ priority, user }: ServerCall): boolean => toKey(priority, user) > level
    this.cut(waiting.filter((call) => !isBeyond(call)))
    return waiting.filter(isBeyond)
  }

  private *waiting(): Generator<ServerCall> {
    for (let at = this.head; at < this.calls.length; at++) {
      const call = this.calls[at] as ServerCall
      if (call.state === "waiting") yield call
    }
  }

  private cut(calls: ServerCall[]): void {
    this.calls = calls
    this.head = 0
  }
}
