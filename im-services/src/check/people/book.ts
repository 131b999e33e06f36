import type { Attempt, Block, Device, SeenPage, Stay } from "../judge/history.ts"

/** Codes after which a client asks again under the same id. */
const PASSING = new Set(["unavailable", "slow_down"])

/** Everything that people did and were told, as it happens. */
export class Book {
  readonly attempts = new Map<string, Attempt>()
  readonly devices: Device[] = []
  readonly stays: Stay[] = []
  readonly blocks: Block[] = []
  private readonly tries = new Map<string, number>()
  readonly now: () => number

  constructor(now: () => number) {
    this.now = now
  }

  /** `begunAt`: before the client was told to send, or what was over by then would seem to have come after it. */
  begin(attempt: Pick<Attempt, "uid" | "chat" | "clientId" | "text" | "recalls" | "begunAt">): void {
    const open = {
      endedAt: Number.POSITIVE_INFINITY,
      outcome: "unknown" as const,
      code: "",
      once: true,
      seq: 0,
    }
    this.attempts.set(`${attempt.uid} ${attempt.clientId}`, { ...attempt, ...open })
  }

  asked(uid: number, clientId: number): void {
    const name = `${uid} ${clientId}`
    this.tries.set(name, (this.tries.get(name) ?? 0) + 1)
  }

  acked(uid: number, clientId: number, seq: number): void {
    this.end(uid, clientId, { outcome: "acked", code: "", seq })
  }

  /** What a device finds of its user's in the mailbox needs no answer any more. */
  read(uid: number, { rows }: SeenPage): void {
    for (const { ownId, seq } of rows) if (ownId !== null) this.acked(uid, ownId, seq)
  }

  refused(uid: number, clientId: number, code: string): void {
    if (!PASSING.has(code)) this.end(uid, clientId, { outcome: "refused", code, seq: 0 })
  }

  private end(uid: number, clientId: number, how: Pick<Attempt, "outcome" | "code" | "seq">): void {
    const name = `${uid} ${clientId}`
    const attempt = this.attempts.get(name)
    if (attempt === undefined || attempt.outcome === "acked") return
    Object.assign(attempt, how, { endedAt: this.now(), once: this.tries.get(name) === 1 })
  }
}
