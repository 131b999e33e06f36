import type { Logger } from "pino"
import type { Outbox, OutboxRow } from "./outbox.ts"
import { UnrecoverableError } from "./queue.ts"

/** A fault of sending. `retry` false: the server refused this mail or this recipient for good. */
export class MailError extends Error {
  override readonly name = "MailError"
  readonly retry: boolean
  constructor(message: string, retry: boolean, cause?: unknown) {
    super(message, { cause })
    this.retry = retry
  }
}

export interface DeliverDeps {
  outbox: Outbox
  /** Makes and sends the mail of a row. Throws MailError for faults of the mail server. */
  send: (row: OutboxRow) => Promise<void>
  log: Logger
  onResult: (result: "sent" | "failed" | "held") => void
}

export type Deliver = (id: string, last: boolean) => Promise<void>

/**
 * Sends one outbox row and records it. What this process knows to be sent is remembered until that is recorded, so that a database
 * that goes away in between does not cause a second mail.
 */
export function createDeliver({ outbox, send, log, onResult }: DeliverDeps): Deliver {
  const sentUnrecorded = new Set<string>()
  return async (id, last) => {
    if (!sentUnrecorded.has(id)) {
      const claim = await outbox.claim(id)
      if (!claim.send) {
        if (claim.why === "over the rate") onResult("held")
        return log.debug({ outbox: id, why: claim.why }, "nothing to send")
      }
      if (claim.inDoubt)
        log.warn({ outbox: id }, "sent again with the same Message-ID: a crash hid whether it went out")
      try {
        await send(claim.row)
      } catch (error) {
        return await refuse(outbox, { id, error: error as Error, last, onResult })
      }
      sentUnrecorded.add(id)
      onResult("sent")
    }
    await outbox.recordSent(id)
    sentUnrecorded.delete(id)
  }
}

interface Refusal {
  id: string
  error: Error
  last: boolean
  onResult: DeliverDeps["onResult"]
}

async function refuse(outbox: Outbox, { id, error, last, onResult }: Refusal): Promise<never> {
  const final = last || (error instanceof MailError && !error.retry)
  await outbox.recordFault(id, error.message, final)
  if (!final) throw error
  onResult("failed")
  throw new UnrecoverableError(error.message)
}
