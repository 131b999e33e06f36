import type { Method } from "@ossagent/svrkit/codec"
import type { Clock } from "../clock.ts"
import { Attempts } from "../connect/attempts.ts"
import { Backoff } from "../connect/backoff.ts"
import { Connection } from "../connect/connection.ts"
import { type HeartbeatBounds, SmartHeartbeat } from "../connect/heartbeat.ts"
import { race } from "../connect/race.ts"
import { ChatError, TICKET_ENDED } from "../error.ts"
import { Repeats } from "../guard/repeats.ts"
import { Traffic } from "../guard/traffic.ts"
import type { State } from "../inbox/state.ts"
import { CHAT_METHODS as CHAT, type Command } from "../protocol/index.ts"
import type { Account, Store } from "../store/store.ts"
import type { Transport } from "../transport/transport.ts"
import { Orders } from "./orders.ts"
import type { Places } from "./places.ts"

/** Where a client stands. `until`: Unix ms of the next try. */
export type PresenceState =
  | { is: "out"; why: string }
  | { is: "connecting" }
  | { is: "waiting"; until: number; why: string }
  | { is: "online" }
  | { is: "stopped" }

export interface PresenceParts {
  store: Store
  transport: Transport
  clock: Clock
  random: () => number
  places: Places
  state: State
  appKey: string
  version: string
  carrier: string
  deviceName: string
  heartbeat: HeartbeatBounds
  /** The program said how often; dispatch is not followed in it. */
  fixedHeartbeat: boolean
  account: Account | null
  trouble: (error: unknown) => void
  onState: (state: PresenceState) => void
  /** There is a connection that is logged in, or (null) none any more. */
  onConnection: (connection: Connection | null, behind: boolean) => void
  onNotify: () => void
  onFeaturesOff: (names: readonly string[]) => void
  /** Everything that was kept is gone. */
  onCleared: () => void
}

const STABLE_MS = 30_000
/** What came so long ago needs no further proof of a connection. */
const PROVED_MS = 10_000
const MOST_OFFLINE_SEC = 7 * 86_400

/** Keeps one connection, logged in, for as long as there is a ticket: connects, says Hello, beats, waits and comes back. */
export class Presence {
  account: Account | null
  state: PresenceState = { is: "out", why: "" }
  private readonly parts: PresenceParts
  private readonly repeats = new Repeats()
  private readonly traffic: Traffic
  private readonly heartbeat: SmartHeartbeat
  private readonly backoff: Backoff
  private readonly attempts: Attempts
  private readonly orders: Orders
  private connection: Connection | null = null
  private stopBeat = (): void => undefined
  private stopWait = (): void => undefined
  private connecting = false
  private proving = false
  /** Asked by the service to stay away until then, Unix ms. */
  private offlineUntil = 0
  /** Asked to come back elsewhere at that time, Unix ms; 0: was not. */
  private moveAt = 0
  private onlineAt = 0
  private stopped = false

  constructor(parts: PresenceParts) {
    this.parts = parts
    this.account = parts.account
    this.traffic = new Traffic(parts.clock.now())
    this.heartbeat = new SmartHeartbeat(parts.heartbeat)
    this.backoff = new Backoff(parts.random)
    this.attempts = new Attempts(parts.clock)
    this.orders = new Orders({
      now: () => parts.clock.now(),
      account: () => this.account,
      keep: (commandNumber) => this.keep({ commandNumber }),
      tell: (what) => void this.ask(CHAT.obeyed, what).catch(() => undefined), // a figure less
      trouble: parts.trouble,
    })
    if (this.hasTicket) void this.connect()
  }

  get commands(): Orders["counts"] {
    return this.orders.counts
  }

  private get hasTicket(): boolean {
    return this.account !== null && this.account.ticket.length > 0
  }

  ask<Q, QI, R, RI>(method: Method<Q, QI, R, RI>, request: QI): Promise<R> {
    if (this.connection === null) return Promise.reject(new ChatError("offline", "there is no connection now"))
    return this.connection.ask(method, request)
  }

  async register(name: string, password: string): Promise<number> {
    const connection = await this.open()
    try {
      return (await connection.ask(CHAT.register, { appKey: this.parts.appKey, name, password })).uid
    } finally {
      connection.close()
    }
  }

  /** Another user's store is put away first. */
  async login(name: string, password: string): Promise<void> {
    const { store, appKey, version, deviceName, clock } = this.parts
    this.drop()
    this.set({ is: "connecting" })
    try {
      const connection = await this.open()
      const reply = await connection
        .ask(CHAT.login, { appKey, name, password, deviceName, version })
        .catch((error: unknown) => {
          connection.close()
          throw error
        })
      if (this.account !== null && this.account.uid !== reply.uid) await this.clear()
      const { uid, device, ticket, expiresAt, commandKey } = reply
      this.account = { uid, device, name, ticket, expiresAt, commandKey }
      await store.setAccount(this.account)
      this.offlineUntil = Math.min(this.offlineUntil, clock.now())
      this.begin(connection, true)
    } catch (error) {
      this.set({ is: "out", why: error instanceof ChatError ? error.code : "" })
      throw error
    }
  }

  async logout(forget: boolean): Promise<void> {
    const { account } = this
    if (account !== null && this.connection !== null)
      await this.ask(CHAT.revoke, { device: account.device }).catch(this.parts.trouble)
    this.drop()
    if (forget) await this.clear()
    else await this.endTicket()
    this.set({ is: "out", why: "" })
  }

  /** Rejects with ChatError; `wrong_password` leaves everything as it is. */
  async unregister(password: string): Promise<void> {
    const { connection } = this
    await this.ask(CHAT.unregister, { password }).catch((error: unknown) => {
      // With the account its tickets go: the connection may end, for that reason, before the answer has come.
      if (connection?.refusal?.code !== "revoked_ticket") throw error
    })
    this.drop()
    await this.clear()
    this.set({ is: "out", why: "" })
  }

  hurry(): void {
    if (this.connection !== null) void this.prove(this.connection)
    if (this.state.is !== "waiting" || this.parts.clock.now() < this.offlineUntil) return
    this.stopWait()
    void this.connect()
  }

  networkLost(): void {
    if (this.connection !== null) this.lost(this.connection, "there is no network", null)
  }

  stop(): void {
    this.stopped = true
    this.drop()
    this.set({ is: "stopped" })
  }

  private async clear(): Promise<void> {
    this.account = null
    await this.parts.store.clear()
    this.parts.onCleared()
  }

  private async endTicket(): Promise<void> {
    if (this.account === null) return
    this.account = { ...this.account, ticket: new Uint8Array(0), expiresAt: 0 }
    await this.parts.store.setAccount(this.account)
  }

  /** A connection that nobody is logged in on. Rejects with ChatError. */
  private async open(): Promise<Connection> {
    const { places, transport, clock, fixedHeartbeat } = this.parts
    if (this.stopped) throw new ChatError("stopped", "the client was stopped")
    const found = await places.find()
    if (found.heartbeat !== null && !fixedHeartbeat) this.heartbeat.set(found.heartbeat)
    const { repeats, traffic, attempts } = this
    const open = (address: string, signal: AbortSignal) =>
      Connection.open(address, { transport, clock, repeats, traffic }, signal)
    const connect = (address: string, signal: AbortSignal) =>
      attempts.watch(address, () => open(address, signal), signal)
    return race(found.addresses, connect, { clock, late: (connection) => connection.close() })
  }

  /** Never rejects. */
  private async connect(): Promise<void> {
    if (this.connecting || this.stopped || !this.hasTicket) return
    this.connecting = true
    this.set({ is: "connecting" })
    try {
      const connection = await this.open()
      const { ticket } = this.account as Account
      const request = this.toHello()
      const reply = await connection.ask(CHAT.hello, request).catch((error: unknown) => {
        connection.close()
        throw error
      })
      this.connecting = false
      if (this.stopped || this.account?.ticket !== ticket) return connection.close()
      this.attempts.told()
      const { ticket: renewed, expiresAt, commandKey } = reply
      if (renewed.length > 0) await this.keep({ ticket: renewed, expiresAt, commandKey })
      else if (commandKey.length > 0) await this.keep({ commandKey })
      this.begin(connection, reply.behind)
    } catch (error) {
      this.connecting = false
      await this.failed(error)
    }
  }

  private toHello() {
    const { parts, attempts } = this
    const { ticket, commandKey } = this.account as Account
    return {
      ...{ ticket, key: parts.state.key, version: parts.version, carrier: parts.carrier },
      keyless: (commandKey?.length ?? 0) === 0,
      connectMs: Math.max(0, Math.round(attempts.connectMs)),
      failed: attempts.failed.map(({ address, ms }) => ({ address, ms: Math.max(0, Math.round(ms)) })),
    }
  }

  private async keep(more: Partial<Account>): Promise<void> {
    if (this.account === null) return
    this.account = { ...this.account, ...more }
    await this.parts.store.setAccount(this.account)
  }

  private async failed(error: unknown): Promise<void> {
    if (this.stopped) return
    if (error instanceof ChatError && TICKET_ENDED.has(error.code)) {
      await this.endTicket().catch(this.parts.trouble)
      this.set({ is: "out", why: error.code })
      return
    }
    this.parts.trouble(error)
    const leastMs = error instanceof ChatError ? error.retryAfterMs : 0
    if (error instanceof ChatError && error.code === "throttled") this.stayAway(leastMs)
    this.wait(this.backoff.next(leastMs), error instanceof ChatError ? error.code : "unavailable")
  }

  private begin(connection: Connection, behind: boolean): void {
    this.connection = connection
    this.moveAt = 0
    this.onlineAt = this.parts.clock.now()
    this.set({ is: "online" })
    this.parts.onConnection(connection, behind)
    connection.listen({
      notify: () => this.parts.onNotify(),
      command: (command) => this.obey(connection, command),
      closed: (why, refusal) => this.lost(connection, why, refusal),
    })
    this.beatLater()
  }

  private beatLater(): void {
    this.stopBeat()
    const { connection } = this
    if (connection === null) return
    const dueMs = connection.activeAt + this.heartbeat.intervalSec * 1_000 - this.parts.clock.now()
    this.stopBeat = this.parts.clock.after(Math.max(dueMs, 0), () => {
      // What went over the connection meanwhile was as good as a heartbeat.
      const silentMs = this.parts.clock.now() - connection.activeAt
      if (silentMs >= this.heartbeat.intervalSec * 1_000) void this.beat(connection)
      else this.beatLater()
    })
  }

  /** Never rejects. */
  private async beat(connection: Connection): Promise<void> {
    try {
      await connection.ask(CHAT.heartbeat, {})
      this.heartbeat.succeeded()
      this.beatLater()
    } catch (error) {
      if (connection !== this.connection) return
      this.heartbeat.failed()
      this.parts.trouble(error)
      connection.close()
    }
  }

  /** After a sleep of the machine a connection may be gone and nobody was told. Never rejects. */
  private async prove(connection: Connection): Promise<void> {
    if (this.proving || this.parts.clock.now() - connection.activeAt < PROVED_MS) return
    this.proving = true
    try {
      await connection.ask(CHAT.heartbeat, {})
    } catch (error) {
      if (connection === this.connection) this.lost(connection, (error as Error).message, null)
    } finally {
      this.proving = false
    }
  }

  private lost(connection: Connection, why: string, refusal: ChatError | null): void {
    if (this.connection !== connection) return
    this.drop()
    if (this.parts.clock.now() - this.onlineAt >= STABLE_MS) this.backoff.reset()
    if (this.moveAt > 0 && refusal === null) this.wait(Math.max(0, this.moveAt - this.parts.clock.now()), why)
    else void this.failed(refusal ?? new ChatError("offline", `the connection ended: ${why}`))
  }

  private obey(connection: Connection, given: Command): void {
    const command = this.orders.take(given)
    if (command === null) return
    const { clock, places } = this.parts
    if (command.addresses.length > 0) places.set(command.addresses)
    if (command.heartbeatSec > 0) this.heartbeat.set({ minSec: command.heartbeatSec, maxSec: command.heartbeatSec })
    if (command.features || command.featureOff.length > 0) this.parts.onFeaturesOff(command.featureOff)
    const awayMs = Math.min(command.offlineSec, MOST_OFFLINE_SEC) * 1_000
    if (this.connection !== connection) return
    if (awayMs > 0) {
      this.drop()
      this.stayAway(awayMs)
      this.wait(awayMs, command.why || "asked to")
    } else if (command.reconnect) {
      this.moveAt = clock.now() + Math.floor(this.parts.random() * command.waitMs)
      this.stopWait()
      this.stopWait = clock.after(this.moveAt - clock.now(), () => this.move(connection))
    } else this.beatLater()
  }

  /** Asked to come back elsewhere: until now the connection was of use. */
  private move(connection: Connection): void {
    if (this.connection !== connection) return
    this.drop()
    void this.connect()
  }

  private stayAway(ms: number): void {
    this.offlineUntil = Math.max(this.offlineUntil, this.parts.clock.now() + ms)
  }

  private wait(ms: number, why: string): void {
    const { clock } = this.parts
    const until = Math.max(clock.now() + ms, this.offlineUntil)
    this.set({ is: "waiting", until, why })
    this.stopWait()
    this.stopWait = clock.after(until - clock.now(), () => void this.connect())
  }

  private drop(): void {
    const { connection } = this
    this.stopBeat()
    this.stopWait()
    this.connection = null
    if (connection === null) return
    this.parts.onConnection(null, false)
    connection.close()
  }

  private set(state: PresenceState): void {
    this.state = state
    this.parts.onState(state)
  }
}
