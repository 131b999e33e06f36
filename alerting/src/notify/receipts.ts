import { setTimeout as sleep } from "node:timers/promises"
import type { Logger } from "pino"
import type { Outbox } from "./outbox.ts"
import type { SmsReceipt } from "./sms/receipt.ts"

/** A receipt can be quicker than the record of the message that it is about. */
const TRIES = 8
const EVERY_MS = 400

/**
 * Records what an SMS gateway says about a message: the id as it is counts first, then what else it may have meant. One that nothing is
 * known about is let go after a few seconds. Throws when the database is away.
 */
export function createOnReceipt(outbox: Outbox, wake: (ids: readonly string[]) => void, log: Logger) {
  return async ({ ids, delivered, why }: SmsReceipt): Promise<void> => {
    for (let i = 0; i < TRIES; i++) {
      for (const providerId of ids) {
        const next = await outbox.recordReceipt({ channel: "sms", providerId, delivered, why })
        if (next !== null) return wake(next)
      }
      await sleep(EVERY_MS)
    }
    log.info({ id: ids[0], delivered }, "a receipt names no message of ours")
  }
}
