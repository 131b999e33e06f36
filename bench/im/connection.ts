import { connect, type Socket } from "node:net"
import {
  CHAT_METHODS,
  FailureCodec,
  type Frame,
  FrameReader,
  NOTIFY,
  type Page,
  PageCodec,
  parseFrame,
  REFUSED,
  REPLY,
  toFrame,
} from "@ossagent/im-client/protocol"
import { type Codec, decode, encode, type Method } from "@ossagent/svrkit/codec"
import { WebSocket } from "ws"

export class Refused extends Error {
  readonly retryAfterMs: number
  constructor(message: string, retryAfterMs: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

type Answer = (body: Uint8Array, failed: boolean) => void

/**
 * A client's connection at its barest: frames, requests, syncs when told. As little work as there can be, for the load generator shares
 * the machine with what it loads.
 */
export class Connection {
  key: Uint8Array = new Uint8Array(0)
  onPage: ((page: Page) => void) | null = null
  syncs = 0
  private readonly socket: Socket
  private readonly ws: WebSocket | null
  private readonly waiting = new Map<number, Answer>()
  private readonly reader = new FrameReader(4 * 1024 * 1024)
  private nextId = 1
  private syncing = false
  private dirty = false
  private out: Uint8Array[] = []

  private constructor(socket: Socket, ws: WebSocket | null) {
    this.socket = socket
    this.ws = ws
    socket.setNoDelay(true)
    const take = ({ op, id, body }: Frame): boolean => {
      this.take(op, id, body)
      return true
    }
    if (ws === null) socket.on("data", (chunk) => this.reader.push(chunk, take))
    else ws.on("message", (bytes: Buffer) => take(parseFrame(bytes))).on("error", () => ws.terminate())
    socket.on("error", () => socket.destroy())
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1" })
      socket.once("error", reject)
      socket.once("connect", () => resolve(new Connection(socket, null)))
    })
  }

  static openWs(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1" })
      const ws = new WebSocket(`ws://127.0.0.1:${port}/chat`, {
        perMessageDeflate: false,
        createConnection: () => socket,
      })
      ws.once("error", reject)
      ws.once("open", () => resolve(new Connection(socket, ws)))
    })
  }

  /** Bytes both ways so far, as the socket counts them; over WebSocket with the upgrade and the heads of messages. */
  get bytes(): number {
    return this.socket.bytesRead + this.socket.bytesWritten
  }

  get closed(): boolean {
    return this.socket.destroyed
  }

  close(): void {
    this.socket.destroy()
  }

  async call<Q, QI, R, RI>(method: Method<Q, QI, R, RI>, request: QI): Promise<R> {
    const body = await new Promise<Uint8Array>((resolve, reject) =>
      this.request(method, request, (bytes, failed) => {
        if (!failed) return resolve(bytes)
        const { code, message, retryAfterMs } = decode(FailureCodec, bytes)
        reject(new Refused(`${method.name}: ${code} ${message}`, retryAfterMs))
      }),
    )
    return decode(method.reply as Codec<R, RI>, body)
  }

  /** A request whose answer's bytes go to `answer`. */
  request<Q, QI, R, RI>(method: Method<Q, QI, R, RI>, request: QI, answer: Answer): void {
    const id = this.nextId
    this.nextId = this.nextId === 16_383 ? 1 : this.nextId + 1
    this.waiting.set(id, answer)
    this.write(toFrame(method.number, id, encode(method.request as Codec<Q, QI>, request), this.ws === null))
  }

  /** Reads all that is new; what comes meanwhile is read after it. */
  sync(): void {
    if (this.syncing) {
      this.dirty = true
      return
    }
    this.syncing = true
    this.dirty = false
    this.syncs++
    this.request(CHAT_METHODS.sync, { key: this.key }, (body, failed) => {
      this.syncing = false
      if (failed) {
        this.sync()
        return
      }
      const page = decode(PageCodec, body)
      if (page.key.length > 0) this.key = page.key.slice()
      this.onPage?.(page)
      if (page.more || this.dirty) this.sync()
    })
  }

  private take(op: number, id: number, body: Uint8Array): void {
    if (op === NOTIFY) {
      this.sync()
      return
    }
    const answer = this.waiting.get(id)
    if (answer === undefined || (op !== REPLY && op !== REFUSED)) return
    this.waiting.delete(id)
    answer(body, op === REFUSED)
  }

  /** What is due in one turn of the event loop goes out in one piece. */
  private write(frame: Uint8Array): void {
    if (this.ws !== null) {
      this.ws.send(frame)
      return
    }
    if (this.out.push(frame) > 1) return
    setImmediate(() => {
      const all = this.out
      this.out = []
      this.socket.write(all.length === 1 ? (all[0] as Uint8Array) : Buffer.concat(all))
    })
  }
}
