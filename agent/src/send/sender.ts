/**
 * send: from frames to the collector, one at a time and in order. The newest frames go first after an outage, the spool follows, so
 * that the reports are fresh again at once.
 */
import type { FrameReply } from "@ossagent/wire"
import { type Clock, type Outbox, type Pending, rewindFrame } from "../buffer/outbox.ts"
import type { Spool } from "../buffer/spool.ts"
import type { Poster } from "./post.ts"
import { backOffMs, judge, type Verdict } from "./verdict.ts"

export interface SenderEvents {
  /** A frame was stored; the reply carries the collector's wishes. */
  stored: (count: number, reply: FrameReply | null, roundTripMs: number) => void
  /** Something the host's engineers should read, said at most once a minute. */
  trouble: (message: string) => void
  /** The collector's clock, when it refused ours; answers with what to correct by. */
  clock: (collectorNow: number) => Clock
}

/** A frame on disk. */
type Spooled = NonNullable<ReturnType<Spool["first"]>>

export class Sender {
  private readonly outbox: Outbox
  private readonly spool: Spool | null
  private readonly poster: Poster
  private readonly events: SenderEvents
  private failures = 0
  private waitUntil = 0
  private busy: Promise<void> | null = null
  /** The frame whose series the collector asked us to name again. */
  private nameAgain: Pending | null = null
  /** The frame whose points were moved out of the collector's future. */
  private rewound: Pending | null = null
  private wake: NodeJS.Timeout | null = null

  constructor(outbox: Outbox, spool: Spool | null, poster: Poster, events: SenderEvents) {
    this.outbox = outbox
    this.spool = spool
    this.poster = poster
    this.events = events
  }

  /** Sends what there is, unless it is sending or waiting already. Resolves when all is sent or it has to wait. Never rejects. */
  send(): Promise<void> {
    if (this.busy !== null) return this.busy
    if (Date.now() < this.waitUntil) return Promise.resolve()
    this.busy = this.sendAll().finally(() => {
      this.busy = null
    })
    return this.busy
  }

  /** Forgets a wait, for the last attempt before the process ends. */
  hurry(): void {
    this.waitUntil = 0
  }

  stop(): void {
    if (this.wake !== null) clearTimeout(this.wake)
    this.poster.close()
  }

  private async sendAll(): Promise<void> {
    for (;;) {
      const frame = this.outbox.first()
      if (frame !== undefined) {
        if (!(await this.sendFrame(frame))) return
        continue
      }
      const spooled = this.spool?.first() ?? null
      if (spooled === null || !(await this.sendSpooled(spooled))) return
    }
  }

  /** False when it must be tried again later. */
  private async sendFrame(frame: Pending): Promise<boolean> {
    const [again, rewound] = [this.nameAgain === frame, this.rewound === frame]
    const verdict = await this.attempt(this.outbox.encode(frame, again ? "epoch" : "new"), frame.count)
    if (verdict.do === "done") this.outbox.done(frame)
    // Named in full and still unknown, or moved and still ahead: it is this frame, not the collector's memory or our clock.
    const hopeless = (verdict.do === "name again" && again) || (verdict.do === "correct clock" && rewound)
    if (verdict.do === "drop" || hopeless) this.drop(frame, verdict.why)
    if (verdict.do === "name again") this.nameAgain = frame
    if (verdict.do === "correct clock") {
      this.rewound = frame
      this.outbox.rewind(this.events.clock(verdict.now))
    }
    return verdict.do !== "wait"
  }

  private async sendSpooled(spooled: Spooled): Promise<boolean> {
    let verdict = await this.attempt(spooled.bytes, spooled.count)
    if (verdict.do === "correct clock") {
      verdict = await this.attempt(rewindFrame(spooled.bytes, this.events.clock(verdict.now)), spooled.count)
    }
    if (verdict.do === "wait") return false
    if (verdict.do !== "done") {
      this.outbox.dropped.refused += spooled.count
      this.events.trouble(`the collector refused a spooled frame: ${verdict.why}`)
    }
    spooled.done()
    return true
  }

  private drop(frame: Pending, why: string): void {
    this.outbox.drop(frame)
    this.events.trouble(`the collector refused a frame of ${frame.count} points: ${why}`)
  }

  private async attempt(bytes: Uint8Array, count: number): Promise<Verdict> {
    const from = performance.now()
    let verdict: Verdict
    try {
      verdict = judge(await this.poster.post(bytes))
    } catch (error) {
      verdict = { do: "wait", why: (error as Error).message, waitMs: null }
    }
    if (verdict.do === "wait") this.wait(verdict.why, verdict.waitMs)
    else this.failures = 0
    if (verdict.do === "done") this.events.stored(count, verdict.reply, performance.now() - from)
    return verdict
  }

  private wait(why: string, waitMs: number | null): void {
    // Where many are told the same time to come back, they must not all come at it.
    const pauseMs = waitMs === null ? backOffMs(this.failures++, Math.random()) : waitMs * (1 + Math.random() / 4)
    this.waitUntil = Date.now() + pauseMs
    this.events.trouble(
      `cannot reach the collector: ${why}; trying again in ${Math.ceil(pauseMs / 1000)} s, nothing is lost yet`,
    )
    if (this.wake !== null) clearTimeout(this.wake)
    this.wake = setTimeout(() => void this.send(), pauseMs + 5)
    this.wake.unref()
  }
}
