import { once } from "node:events"
import { createServer } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import { tcpTransport } from "./tcp.ts"
import { webSocketTransport } from "./websocket.ts"

let nobody: number
/** Takes connections and says nothing. */
const silent = createServer()
beforeAll(async () => {
  const holder = createServer().listen(0, "127.0.0.1")
  await once(holder, "listening")
  nobody = (holder.address() as { port: number }).port
  holder.close()
  await once(holder, "close")
  silent.listen(0, "127.0.0.1")
  await once(silent, "listening")
})
afterAll(() => silent.close())

const events = { frame: () => undefined, closed: () => undefined }
const silentPort = (): number => (silent.address() as { port: number }).port

describe.each([
  ["tcp", tcpTransport(), (port: number) => `127.0.0.1:${port}`],
  [
    "ws",
    webSocketTransport(WebSocket as unknown as typeof globalThis.WebSocket),
    (port: number) => `ws://127.0.0.1:${port}/chat`,
  ],
] as const)("over %s", (_name, transport, toAddress) => {
  it("an address where nobody listens is refused with why, and nothing else is thrown", async () => {
    const connecting = transport.connect(toAddress(nobody), events, new AbortController().signal)
    await expect(connecting).rejects.toThrow(/cannot connect to .*ECONNREFUSED/)
  })

  it("what is given up before it is connected is refused", async () => {
    const controller = new AbortController()
    const connecting = transport.connect(toAddress(silentPort()), events, controller.signal)
    controller.abort()
    await expect(connecting).rejects.toThrow(/cannot connect to /)
  })
})
