import { ChatError } from "../error.ts"
import { type Checked, checkCommand } from "../guard/order.ts"
import { type Command, toKinds } from "../protocol/index.ts"
import type { Account } from "../store/store.ts"

export interface OrdersParts {
  now: () => number
  account: () => Account | null
  /** Keeps the number, so that the same command does not come a second time, not after a restart either. */
  keep: (commandNumber: number) => Promise<void>
  /** Tells the service what was done. */
  tell: (what: { number: number; kinds: string[]; refused: string }) => void
  trouble: (error: unknown) => void
}

/** What the service has commanded: checked, counted, and told of. */
export class Orders {
  readonly counts = { obeyed: 0, refused: {} as Record<string, number> }
  private readonly parts: OrdersParts
  private newest = 0

  constructor(parts: OrdersParts) {
    this.parts = parts
  }

  /** The command that is to be obeyed, or null. */
  take(command: Command): Command | null {
    const { account, now, keep, tell, trouble } = this.parts
    const { uid = 0, device = 0, commandKey = new Uint8Array(0), commandNumber = 0 } = account() ?? {}
    const subject = { uid, device, key: commandKey, newest: Math.max(this.newest, commandNumber), now: now() }
    const checked = checkCommand(command, subject)
    if (!checked.obey) {
      this.refuse(checked)
      return null
    }
    this.newest = checked.number
    this.counts.obeyed++
    tell({ number: checked.number, kinds: toKinds(checked.command), refused: "" })
    keep(checked.number).catch(trouble)
    return checked.command
  }

  private refuse({ why, number }: Checked & { obey: false }): void {
    const { refused } = this.counts
    refused[why] = (refused[why] ?? 0) + 1
    this.parts.trouble(new ChatError("refused_command", `cannot obey a command: it is ${why}`))
    this.parts.tell({ number, kinds: [], refused: why })
  }
}
