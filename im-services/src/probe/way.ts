import type { WayPoints } from "./points.ts"

/** Not there by then is lost. */
export const LOST_MS = 10_000
/** So long a lost one is waited for. */
const FORGOTTEN_MS = 600_000

interface Sent {
  clientId: number
  sentAt: number
  accepted: boolean
  seen: boolean
  lost: boolean
}

/** Judges the messages from one user to another: what was sent, acknowledged and seen, and when. Times in ms of one rising clock. */
export class Way {
  /** Of this run: what an earlier one has sent is not judged. */
  private readonly run: string
  private readonly points: WayPoints
  private readonly sent = new Map<number, Sent>()
  private next = 1
  private newest = 0

  constructor(run: string, points: WayPoints) {
    this.run = run
    this.points = points
  }

  /** Messages that are not both acknowledged and seen. */
  get waiting(): number {
    return this.sent.size
  }

  /** Sends the next message by `send`, which gives its client id. */
  async write(sentAt: number, send: (text: string) => Promise<{ clientId: number }>): Promise<void> {
    const number = this.next++
    const one: Sent = { clientId: 0, sentAt, accepted: false, seen: false, lost: false }
    this.sent.set(number, one)
    one.clientId = (await send(`probe ${this.run} ${number}`)).clientId
  }

  unsent(): void {
    this.points.outcome("unsent")
  }

  /** The receiver often has it before the sender is told. */
  accepted(clientId: number, at: number): void {
    for (const [number, one] of this.sent) {
      if (one.clientId !== clientId || one.accepted) continue
      one.accepted = true
      this.points.accepted(at - one.sentAt)
      if (one.seen) this.sent.delete(number)
    }
  }

  seen(text: string, at: number): void {
    const [word, run, digits] = text.split(" ")
    const number = Number(digits)
    if (word !== "probe" || run !== this.run || !Number.isInteger(number)) return
    const one = this.sent.get(number)
    if (one === undefined || one.seen) this.points.repeated()
    else this.arrived(number, one, at)
  }

  private arrived(number: number, one: Sent, at: number): void {
    one.seen = true
    if (one.accepted) this.sent.delete(number)
    this.points.outcome(one.lost ? "late" : "arrived")
    this.points.delivered(at - one.sentAt)
    if (number < this.newest) this.points.disordered()
    this.newest = Math.max(this.newest, number)
  }

  /** Counts what is lost by now, and forgets what was long ago. */
  look(at: number): void {
    for (const [number, one] of this.sent) {
      const age = at - one.sentAt
      if (age >= LOST_MS && !one.lost && !one.seen) {
        one.lost = true
        this.points.outcome("lost")
      }
      if (age >= FORGOTTEN_MS) this.sent.delete(number)
    }
  }
}
