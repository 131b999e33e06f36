import { FrameError, parseFrame } from "../protocol/index.ts"
import type { Link, LinkEvents, Transport } from "./transport.ts"

/** What is used of a browser's WebSocket. */
type SocketClass = new (address: string) => WebSocket

/** Over WebSocket, in browsers; elsewhere with a class of the same form. */
export function webSocketTransport(Socket: SocketClass = WebSocket): Transport {
  return { kind: "ws", withLength: false, connect: (address, events, signal) => open(Socket, address, events, signal) }
}

function open(Socket: SocketClass, address: string, events: LinkEvents, signal: AbortSignal): Promise<Link> {
  return new Promise((resolve, reject) => {
    const socket = new Socket(address)
    socket.binaryType = "arraybuffer"
    let opened = false
    let failure = ""
    const give = (why: string): void => {
      if (opened) events.closed(why)
      else reject(new Error(`cannot connect to ${address}: ${why}`))
    }
    const abort = (): void => socket.close()
    signal.addEventListener("abort", abort, { once: true })
    socket.onopen = () => {
      opened = true
      signal.removeEventListener("abort", abort)
      resolve({ send: (bytes) => socket.send(bytes as Uint8Array<ArrayBuffer>), close: () => socket.close() })
    }
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      const bytes = new Uint8Array(data)
      try {
        events.frame(parseFrame(bytes), bytes.length)
      } catch (error) {
        if (!(error instanceof FrameError)) throw error
        socket.close()
      }
    }
    // A browser does not say why; a class of the same form may throw what nobody listens to.
    socket.onerror = (event) => {
      failure = (event as { message?: string }).message ?? ""
    }
    socket.onclose = ({ code, reason }: CloseEvent) => give(reason || failure || `closed with ${code}`)
  })
}
