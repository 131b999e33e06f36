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
  /** Network that this client is in; empty: not known. */
  carrier: string
  version: string
  /** Who asks: a device that is to stay off the network is told so before it connects. */
  who: () => { uid: number; device: number } | null
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
      const final = error instanceof ChatError && (!error.retry || error.code === "throttled")
      if (this.known.length > 0 && !final) return { addresses: this.known, heartbeat: null, waitMs: 0 }
      if (error instanceof ChatError) throw error
      throw new ChatError("no_address", `cannot find an access: ${(error as Error).message}`)
    }
  }

  private async ask(dispatch: string): Promise<Found> {
    const { appKey, kind, toAddress, fetch } = this.parts
    const url = `${dispatch.replace(/\/+$/, "")}/v1/access?${this.query()}`
    const answer = await fetch(url, { headers: { "x-app-key": appKey }, signal: AbortSignal.timeout(ASK_MS) })
    if (answer.status === 403) throw new ChatError("wrong_app_key", "the app key is not this installation's")
    if (answer.status === 429 && (await isThrottled(answer)))
      throw new ChatError("throttled", "this device is to stay off the network", retryAfterMs(answer))
    if (!answer.ok) {
      const afterMs = retryAfterMs(answer)
      throw new ChatError("unavailable", `dispatch answered ${answer.status}`, afterMs)
    }
    const { addresses, client, waitMs } = (await answer.json()) as Answer
    this.known = addresses.slice(0, MOST_ADDRESSES).map((one) => toAddress(one[kind]))
    const { heartbeatMinSec: minSec, heartbeatMaxSec: maxSec } = client ?? {}
    const heartbeat = minSec && maxSec ? { minSec, maxSec } : null
    return { addresses: this.known, heartbeat, waitMs: waitMs ?? 0 }
  }

  private query(): string {
    const { region, carrier, version, who } = this.parts
    const query = new URLSearchParams({ region, version })
    if (carrier !== "") query.set("carrier", carrier)
    const me = who()
    if (me !== null) {
      query.set("uid", String(me.uid))
      query.set("device", String(me.device))
    }
    return query.toString()
  }
}

const retryAfterMs = (answer: Response): number => Number(answer.headers.get("retry-after") ?? 0) * 1_000

async function isThrottled(answer: Response): Promise<boolean> {
  const body = (await answer.json().catch(() => null)) as { error?: { code?: string } } | null
  return body?.error?.code === "throttled"
}
