import { createHmac } from "node:crypto"
import {
  type ChatClient,
  ChatError,
  ContactState,
  createClient,
  MemoryStore,
  tcpTransport,
} from "@ossagent/im-client/node"
import type { Installation } from "../installation.ts"

export interface PersonOptions {
  name: string
  /** Of the client. */
  version: string
  installation: Installation
  /** Somebody else's messages that came. */
  onReceived: (count: number) => void
  /** Messages that the service has taken. */
  onAccepted: (count: number) => void
}

const CARRIERS = ["telecom", "mobile", "unicom"]

/** The password that a simulated person has in this installation. */
export const passwordOf = (name: string, key: string): string =>
  createHmac("sha256", key).update(name).digest("base64url")

/** One simulated person: a client like any other, over a real socket, whose account is made when it is not there. */
export class Person {
  readonly name: string
  version: string
  private readonly options: PersonOptions
  /** As on one telephone: kept while the program is closed, and over an update. */
  private readonly store = new MemoryStore()
  private client: ChatClient | null = null
  /** Opening and closing are one after the other: the telephone runs the program once. */
  private turn: Promise<void> = Promise.resolve()

  constructor(options: PersonOptions) {
    this.options = options
    this.name = options.name
    this.version = options.version
  }

  get uid(): number {
    return this.client?.account?.uid ?? 0
  }

  get online(): boolean {
    return this.client?.state.is === "online"
  }

  /** Its program, once it was opened. */
  get chat(): ChatClient {
    if (this.client === null) throw new Error(`cannot ask ${this.name}: its program is closed`)
    return this.client
  }

  /** Opens the program; who has a log-in is on line by itself. */
  open(): Promise<void> {
    return this.next(() => this.start())
  }

  close(): Promise<void> {
    return this.next(() => this.end())
  }

  /** The program is closed, and opened again in another version. */
  update(version: string): Promise<void> {
    return this.next(async () => {
      this.version = version
      if (this.client === null) return
      await this.end()
      await this.start()
    })
  }

  private next(run: () => Promise<void>): Promise<void> {
    this.turn = this.turn.catch(() => undefined).then(run) // whoever asked before was told
    return this.turn
  }

  private async start(): Promise<void> {
    if (this.client !== null) return
    const { dispatch, appKey } = this.options.installation
    this.client = await createClient({
      ...{ store: this.store, transport: tcpTransport(), dispatch, appKey, version: this.version },
      deviceName: "simulated",
      carrier: CARRIERS[this.name.charCodeAt(this.name.length - 1) % CARRIERS.length] ?? "",
      onChange: ({ messages = [], sent = [] }) => {
        this.options.onReceived(messages.filter(({ mine }) => !mine).length)
        this.options.onAccepted(sent.length)
      },
    })
  }

  private async end(): Promise<void> {
    const { client } = this
    this.client = null
    await client?.stop()
  }

  /** Logs in by password; without an account it makes one. Rejects with ChatError, `slow_down` when it is to wait. */
  async enter(): Promise<void> {
    const password = passwordOf(this.name, this.options.installation.passwordKey)
    await this.chat.login(this.name, password).catch(async (error: unknown) => {
      if (!(error instanceof ChatError && error.code === "wrong_password")) throw error
      await this.chat.register(this.name, password)
      await this.chat.login(this.name, password)
    })
  }

  /** Ends the log-in, where there is a connection, and closes the program. */
  async leave(): Promise<void> {
    if (this.online) await this.chat.logout()
    await this.close()
  }

  isFriendOf({ uid }: Person): boolean {
    return this.chat.contacts().some((one) => one.uid === uid && one.state === ContactState.friend)
  }
}
