import type { Socket } from "node:net"
import { FrameError, FrameReader } from "@ossagent/im-client/protocol"
import { toAddressKey } from "../client-door.ts"
import type { Wire, WireEvents } from "./wire.ts"

const NOTHING = new Uint8Array(0)
/** Listeners are shared by all sockets, which know their wire: an idle connection holds no function of its own. */
type OwnedSocket = Socket & { wire: TcpWire }

function onData(this: OwnedSocket, chunk: Buffer): void {
  this.wire.data(chunk)
}
function onDrain(this: OwnedSocket): void {
  this.wire.events.drained()
}
function onClose(this: OwnedSocket): void {
  this.wire.events.closed()
}
/** `close` follows. */
function onError(): void {}

export class TcpWire implements Wire {
  readonly transport = "tcp"
  readonly withLength = true
  events!: WireEvents
  private readonly socket: Socket
  private readonly reader: FrameReader

  constructor(socket: Socket, mostBytes: number) {
    this.socket = socket
    this.reader = new FrameReader(mostBytes)
    ;(socket as OwnedSocket).wire = this
    socket.setNoDelay(true)
    socket.on("data", onData)
    socket.on("drain", onDrain)
    socket.on("close", onClose)
    socket.on("error", onError)
  }

  get address(): string {
    return toAddressKey(this.socket.remoteAddress)
  }

  get unwritten(): number {
    return this.socket.writableLength
  }

  get mostBytes(): number {
    return this.reader.mostBytes
  }

  set mostBytes(bytes: number) {
    this.reader.mostBytes = bytes
  }

  data(chunk: Uint8Array): void {
    this.events.heard(chunk.length)
    this.read(chunk)
  }

  write(frames: readonly Uint8Array[]): void {
    const [first] = frames
    this.socket.write(frames.length === 1 ? (first as Uint8Array) : Buffer.concat(frames))
  }

  pause(): void {
    this.socket.pause()
  }

  /** What has come already goes first; it may stop the reading again. */
  resume(): void {
    this.socket.resume()
    if (this.reader.held > 0) this.read(NOTHING)
  }

  end(): void {
    this.socket.end()
  }

  destroy(): void {
    this.socket.destroy()
  }

  private read(chunk: Uint8Array): void {
    try {
      this.reader.push(chunk, (frame) => this.events.take(frame))
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.events.bad(error.message, error.code)
    }
  }
}
