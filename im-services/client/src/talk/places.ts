import { ChatError } from "../error.ts"

/** What dispatch answers. */
interface Answer {
  addresses: { tcp: string; ws: string }[]
  client?: { heartbeatMinSec?: number; heartbeatMaxSec?: number }
  waitMs?: number
}

export interface Found {
  addresses: string[]
  heartbeat: { minSec: number; maxSec: number } | null
  waitMs: number
}

export interface PlacesParts {
  /** URL of dispatch; null: `addresses` are used. */
  dispatch: string | null
  addresses: readonly string[]
  appKey: string
  kind: "tcp" | "ws"
  region: string
  /** An access's address as it is reached from here. */
  toAddress: (address: string) => string
  fetch: typeof fetch
}

const ASK_MS = 8_000
const MOST_ADDRESSES = 8

/** Where to connect: as dispatch says; what was known last, when it does not answer. */
export class Places {
  private known: string[]
  private readonly parts: PlacesParts

  constructor(parts: PlacesParts) {
    this.parts = parts
    this.known = [...parts.addresses]
  }

  /** Told by the service: from now on these. */
  set(addresses: readonly string[]): void {
    const fit = addresses.filter((one) => one.startsWith("ws") === (this.parts.kind === "ws"))
    if (fit.length > 0) this.known = fit.slice(0, MOST_ADDRESSES).map(this.parts.toAddress)
  }

  /** Rejects with ChatError when no address is known. */
  async find(): Promise<Found> {
    const { dispatch } = this.parts
    if (dispatch === null) return { addresses: this.known, heartbeat: null, waitMs: 0 }
    try {
      return await this.ask(dispatch)
    } catch (error) {
      if (this.known.length > 0 && !(error instanceof ChatError && !error.retry))
        return { addresses: this.known, heartbeat: null, waitMs: 0 }
      if (error instanceof ChatError) throw error
      throw new ChatError("no_address", `cannot find an access: ${(error as Error).message}`)
    }
  }

  private async ask(dispatch: string): Promise<Found> {
    const { appKey, kind, region, toAddress, fetch } = this.parts
    const url = `${dispatch.replace(/\/+$/, "")}/v1/access?region=${encodeURIComponent(region)}`
    const answer = await fetch(url, { headers: { "x-app-key": appKey }, signal: AbortSignal.timeout(ASK_MS) })
    if (answer.status === 403) throw new ChatError("wrong_app_key", "the app key is not this installation's")
    if (!answer.ok) {
      const afterMs = Number(answer.headers.get("retry-after") ?? 0) * 1_000
      throw new ChatError("unavailable", `dispatch answered ${answer.status}`, afterMs)
    }
    const { addresses, client, waitMs } = (await answer.json()) as Answer
    this.known = addresses.slice(0, MOST_ADDRESSES).map((one) => toAddress(one[kind]))
    const { heartbeatMinSec: minSec, heartbeatMaxSec: maxSec } = client ?? {}
    const heartbeat = minSec && maxSec ? { minSec, maxSec } : null
    return { addresses: this.known, heartbeat, waitMs: waitMs ?? 0 }
  }
}
