import type { IncomingMessage } from "node:http"
import { createServer, type Server } from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { FrameError, MOST_BYTES_KNOWN, parseFrame } from "@ossagent/im-client/protocol"
import { type WebSocket, WebSocketServer } from "ws"
import { isKnownOrigin, toAddressKey } from "../client-door.ts"
import type { Wire, WireEvents } from "./wire.ts"

/** Messages that had been read when the session wanted no more; a client with more of them under way is let go. */
const MOST_HELD = 256
const MOST_PONG_BYTES = 64 * 1024
const BINARY = { binary: true }
type OwnedWebSocket = WebSocket & { wire: WebSocketWire }
/** Listeners are shared by all connections: an idle one holds no function of its own. */
const wireOf = (ws: WebSocket): WebSocketWire => (ws as OwnedWebSocket).wire

function onMessage(this: WebSocket, data: Buffer, isBinary: boolean): void {
  if (isBinary) wireOf(this).message(data)
  else wireOf(this).events.bad("cannot read a message of text: frames are binary", "bad_request")
}
function onPing(this: WebSocket, data: Buffer): void {
  wireOf(this).ping(data)
}
function onClose(this: WebSocket): void {
  wireOf(this).events.closed()
}
/** The library has told the client by a close code, 1009 for a message that is too large; `close` follows. */
function onError(): void {}
function onDrain(this: Socket & { wire: WebSocketWire }): void {
  this.wire.events.drained()
}

export class WebSocketWire implements Wire {
  readonly transport = "ws"
  readonly withLength = false
  mostBytes: number
  events!: WireEvents
  private readonly ws: WebSocket
  private readonly socket: Socket
  private paused = false
  private held: Uint8Array[] | null = null

  constructor(ws: WebSocket, socket: Socket, mostBytes: number) {
    this.ws = ws
    this.socket = socket
    this.mostBytes = mostBytes
    ;(ws as OwnedWebSocket).wire = this
    ;(socket as Socket & { wire: WebSocketWire }).wire = this
    socket.setNoDelay(true)
    socket.on("drain", onDrain)
    ws.on("message", onMessage)
    ws.on("ping", onPing)
    ws.on("close", onClose)
    ws.on("error", onError)
  }

  get address(): string {
    return toAddressKey(this.socket.remoteAddress)
  }

  get unwritten(): number {
    return this.socket.writableLength
  }

  message(bytes: Uint8Array): void {
    this.events.heard(bytes.length)
    if (!this.paused) {
      this.read(bytes)
      return
    }
    this.held ??= []
    if (this.held.push(bytes) > MOST_HELD) {
      this.held = null
      this.events.bad(`cannot take more than ${MOST_HELD} requests that wait`, "bad_request")
    }
  }

  /** Not answered to a client that takes nothing: answers would pile up. */
  ping(data: Buffer): void {
    if (this.unwritten < MOST_PONG_BYTES) this.ws.pong(data)
  }

  write(frames: readonly Uint8Array[]): void {
    if (this.ws.readyState !== this.ws.OPEN) return
    this.socket.cork()
    for (const frame of frames) this.ws.send(frame, BINARY)
    this.socket.uncork()
  }

  pause(): void {
    this.paused = true
    this.ws.pause()
  }

  resume(): void {
    this.paused = false
    this.ws.resume()
    const held = this.held
    this.held = null
    if (held === null) return
    for (const [at, bytes] of held.entries()) {
      if (this.paused) {
        this.held = held.slice(at)
        return
      }
      this.read(bytes)
    }
  }

  end(): void {
    this.ws.close(1000)
  }

  destroy(): void {
    this.ws.terminate()
  }

  private read(bytes: Uint8Array): void {
    try {
      if (bytes.length > this.mostBytes)
        throw new FrameError(
          `cannot read a frame: its ${bytes.length} bytes are more than the ${this.mostBytes} it may have`,
          "too_large",
        )
      this.events.take(parseFrame(bytes))
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.events.bad(error.message, error.code)
    }
  }
}

interface WebSocketDoorOptions {
  origins: readonly string[]
  accept: (ws: WebSocket, socket: Socket) => void
  refused: (why: string) => void
}

/** An HTTP server that takes WebSockets at /chat from the pages that may connect. Listens to nothing yet. */
export function createWebSocketDoor({ origins, accept, refused }: WebSocketDoorOptions): Server {
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    skipUTF8Validation: true,
    autoPong: false,
    maxPayload: MOST_BYTES_KNOWN,
  })
  const server = createServer({ maxHeaderSize: 8_192, headersTimeout: 5_000, requestTimeout: 5_000 }, (_, response) => {
    response.writeHead(426, { "content-type": "text/plain", connection: "close" }).end("a WebSocket at /chat\n")
  })
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const why = tryRefuse(request, origins)
    if (why === null) wss.handleUpgrade(request, socket, head, (ws) => accept(ws, socket as Socket))
    else {
      refused(why.reason)
      socket.on("error", onError)
      socket.end(`HTTP/1.1 ${why.status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
    }
  })
  return server
}

/** Null: the client may come in. */
function tryRefuse(request: IncomingMessage, origins: readonly string[]): { status: string; reason: string } | null {
  if (request.url?.split("?")[0] !== "/chat") return { status: "404 Not Found", reason: "path" }
  const { origin } = request.headers
  return isKnownOrigin(origin, origins) ? null : { status: "403 Forbidden", reason: "origin" }
}
