import { createHmac } from "node:crypto"
import {
  type ChatClient,
  ChatError,
  ContactState,
  createClient,
  MemoryStore,
  type Message,
  type Outgoing,
  tcpTransport,
  webSocketTransport,
} from "@ossagent/im-client/node"
import { WebSocket } from "ws"
import { PROBE_VERSION } from "./mark.ts"
import type { ProbePoints } from "./points.ts"

export type TransportKind = "tcp" | "ws"

export interface UserOptions {
  name: string
  transport: TransportKind
  dispatch: string
  appKey: string
  /** The password is made with it. */
  key: string
  points: ProbePoints
  /** A message of somebody else stands in the store. */
  onMessage: (message: Message) => void
  /** The service has acknowledged what was sent. */
  onAccepted: (clientId: number) => void
}

/** One probe user: a client like any other, over real sockets, whose account is made when it is not there. */
export class ProbeUser {
  readonly options: UserOptions
  /** Newest number in its mailbox, to put away what is older. */
  newest = 0
  private readonly client: ChatClient
  private entering = false

  private constructor(options: UserOptions, client: ChatClient) {
    this.options = options
    this.client = client
  }

  static async open(options: UserOptions): Promise<ProbeUser> {
    const Socket = WebSocket as unknown as typeof globalThis.WebSocket
    let user: ProbeUser | null = null
    const client = await createClient({
      store: new MemoryStore(),
      transport: options.transport === "tcp" ? tcpTransport() : webSocketTransport(Socket),
      dispatch: options.dispatch,
      appKey: options.appKey,
      version: PROBE_VERSION,
      deviceName: "probe",
      onChange: (update) => user?.take(update.messages ?? [], update.sent ?? []),
    })
    user = new ProbeUser(options, client)
    return user
  }

  get uid(): number {
    return this.client.account?.uid ?? 0
  }

  get online(): boolean {
    return this.client.state.is === "online"
  }

  isFriendOf(other: ProbeUser): boolean {
    return this.client.contacts().some(({ uid, state }) => uid === other.uid && state === ContactState.friend)
  }

  send(to: ProbeUser, text: string): Promise<Outgoing> {
    return this.client.send(to.uid, text)
  }

  /** Logs in where it is not; without an account it makes one. Rejects with ChatError. */
  async enter(): Promise<void> {
    if (this.entering || this.client.state.is !== "out") return
    this.entering = true
    const { name, transport, points } = this.options
    const from = performance.now()
    try {
      await this.client.login(name, this.password).catch(async (error: unknown) => {
        if (!(error instanceof ChatError && error.code === "wrong_password")) throw error
        await this.client.register(name, this.password)
        await this.client.login(name, this.password)
      })
      points.login(transport, performance.now() - from)
    } catch (error) {
      points.loginFailed()
      throw error
    } finally {
      this.entering = false
    }
  }

  /** Ends the log-in: the device is revoked. */
  leave(): Promise<void> {
    return this.client.logout()
  }

  async befriend(other: ProbeUser): Promise<void> {
    await this.client.askFriend(other.uid, "probe")
    await other.client.acceptFriend(this.uid)
  }

  async stop(): Promise<void> {
    if (this.online) await this.client.logout().catch(() => undefined) // the device stays, among the 32 newest
    await this.client.stop()
  }

  private get password(): string {
    return createHmac("sha256", this.options.key).update(this.options.name).digest("base64url")
  }

  private take(messages: readonly Message[], sent: readonly number[]): void {
    for (const clientId of sent) this.options.onAccepted(clientId)
    for (const message of messages) {
      this.newest = Math.max(this.newest, message.seq)
      if (!message.mine) this.options.onMessage(message)
    }
  }
}
