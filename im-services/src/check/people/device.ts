import { type ChatClient, createClient } from "@ossagent/im-client"
import { tcpTransport } from "@ossagent/im-client/node"
import type { Device, Kept } from "../judge/history.ts"
import type { Random } from "../random.ts"
import type { Book } from "./book.ts"
import { WatchedStore } from "./log.ts"
import { tap } from "./tap.ts"

const HEARTBEAT = { minSec: 1, maxSec: 2 }
/** Waits between tries are this part of what they are for people. */
const HURRY = 0.1

export interface Place {
  dispatchUrl: string
  appKey: string
}

/** One device of a user: a client of ours, its store watched, what goes over its connection seen. */
export class Phone {
  readonly log: Device
  readonly store: WatchedStore
  client!: ChatClient
  private readonly place: Place
  private readonly book: Book
  private readonly random: Random

  constructor(uid: number, name: string, parts: { place: Place; book: Book; random: Random }) {
    this.log = { uid, name, pages: [], kept: [] }
    this.store = new WatchedStore(this.log, (page) => parts.book.read(this.log.uid, page))
    this.place = parts.place
    this.book = parts.book
    this.random = parts.random
    parts.book.devices.push(this.log)
  }

  /** Notes what is in its store now. */
  note(): void {
    this.log.kept = this.store.all().map(({ chat, seq, text }): Kept => ({ chat, seq, text }))
  }

  /** Begins, or begins again with the store as it is. */
  async start(): Promise<void> {
    const transport = tap(tcpTransport(), {
      asked: (clientId) => this.book.asked(this.log.uid, clientId),
      acked: (clientId, seq) => this.book.acked(this.log.uid, clientId, seq),
      refused: (clientId, code) => this.book.refused(this.log.uid, clientId, code),
      page: (key, page) => this.store.see(key, page),
    })
    this.client = await createClient({
      ...{ store: this.store, transport, dispatch: this.place.dispatchUrl, appKey: this.place.appKey },
      ...{ deviceName: this.log.name, version: "check", heartbeat: HEARTBEAT },
      random: () => this.random.next() * HURRY,
    })
  }

  stop(): Promise<void> {
    return this.client.stop()
  }

  get online(): boolean {
    return this.where === ""
  }

  /** Empty: online; else what it does, or why it waits. */
  get where(): string {
    const { state } = this.client
    if (state.is === "online") return ""
    return state.is === "waiting" ? state.why : state.is
  }
}
