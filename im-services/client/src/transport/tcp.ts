import { connect as open } from "node:net"
import { FrameError, FrameReader } from "../protocol/index.ts"
import type { Link, LinkEvents, Transport } from "./transport.ts"

/** Of a frame from the service: a page has some 64 KiB, at most 256. */
const MOST_FRAME_BYTES = 1024 * 1024

/** Over TCP, in Node. */
export function tcpTransport(): Transport {
  return { kind: "tcp", withLength: true, connect }
}

function connect(address: string, events: LinkEvents, signal: AbortSignal): Promise<Link> {
  const colon = address.lastIndexOf(":")
  const [host, port] = [address.slice(0, colon).replace(/^\[|\]$/g, ""), Number(address.slice(colon + 1))]
  return new Promise((resolve, reject) => {
    const socket = open({ host, port, noDelay: true })
    const reader = new FrameReader(MOST_FRAME_BYTES)
    let opened = false
    let why = "the connection ended"
    const abort = (): void => void socket.destroy()
    signal.addEventListener("abort", abort, { once: true })
    socket.on("connect", () => {
      opened = true
      signal.removeEventListener("abort", abort)
      resolve({ send: (bytes) => void socket.write(bytes), close: () => void socket.destroy() })
    })
    socket.on("data", (chunk: Buffer) => {
      try {
        reader.push(chunk, (frame) => {
          events.frame(frame, frame.body.length + 3)
          return true
        })
      } catch (error) {
        if (!(error instanceof FrameError)) throw error
        why = error.message
        socket.destroy()
      }
    })
    socket.on("error", (error) => {
      why = error.message
    })
    socket.on("close", () => {
      if (opened) events.closed(why)
      else reject(new Error(`cannot connect to ${address}: ${why}`))
    })
  })
}
