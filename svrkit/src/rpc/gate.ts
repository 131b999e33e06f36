import { type Admission, toKey } from "../admit/admission.ts"
import type { LoopDelay } from "../admit/loop-delay.ts"
import type { CallQueue } from "./call-queue.ts"
import type { ServerCall } from "./server-call.ts"

const JUDGE_MS = 100

interface GateParts {
  admission: Admission
  loop: LoopDelay
  queue: CallQueue
  /** The level has fallen: what waits and is beyond it need not wait any more. */
  onFall: (level: number) => void
}

/** Lets calls in as the policy says, and has it judge each window when it is over. */
export class Gate {
  private readonly parts: GateParts
  /** What of the loop's delays was judged already; `used`: a call of this window came over the network. */
  private seen = { ticks: 0, used: false }
  private timer: NodeJS.Timeout | null = null

  constructor(parts: GateParts) {
    this.parts = parts
  }

  letsIn(call: ServerCall): boolean {
    const { admission, loop } = this.parts
    if (call.to.overNetwork) {
      loop.touch(call.arrivedAt)
      this.seen.used = true
    }
    this.timer ??= setInterval(() => this.judge(performance.now()), JUDGE_MS).unref()
    this.judge(call.arrivedAt)
    return admission.arrive(toKey(call.priority, call.user))
  }

  private judge(now: number): void {
    const { admission, queue, onFall } = this.parts
    if (!admission.due(now)) return
    const before = admission.level
    admission.judge(now, { ...queue.waitingAt(now), loopMs: this.takeLoopMs() })
    if (admission.level < before) onFall(admission.level)
    if (admission.resting) this.stop()
  }

  /** Calls in memory wait for no turn of the loop. */
  private takeLoopMs(): number {
    const { loop } = this.parts
    const { ticks, used } = this.seen
    this.seen = { ticks: loop.ticks, used: false }
    return used ? loop.medianSince(ticks) : 0
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer)
    this.timer = null
  }
}
