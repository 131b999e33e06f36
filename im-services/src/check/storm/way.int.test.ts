import { connect, createServer, type Server, type Socket } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import { until } from "../../until.ts"
import { openWay, type Way } from "./way.ts"

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** An echo behind a way, and a connection through it. */
async function open(): Promise<{ way: Way; socket: Socket; got: () => string; echoed: () => string }> {
  let echoed = ""
  const server: Server = createServer((socket) => {
    socket.on("data", (bytes) => {
      echoed += bytes.toString()
      socket.write(bytes)
    })
    socket.on("error", () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const way = await openWay(() => (server.address() as { port: number }).port)
  closing.push(() => server.close(), way.close)
  const socket = connect(way.port, "127.0.0.1")
  let got = ""
  socket.on("data", (bytes) => {
    got += bytes.toString()
  })
  socket.on("error", () => undefined)
  return { way, socket, got: () => got, echoed: () => echoed }
}

describe("a way", () => {
  it.each(["requests", "replies"] as const)(
    "passes what comes, later while it is slow, always in order: %s",
    async (of) => {
      const { way, socket, got } = await open()
      const sent = Array.from({ length: 40 }, (_, i) => `${i} `)
      for (const [i, piece] of sent.entries()) {
        if (i === 10) way.delay(of, 30, 100)
        socket.write(piece)
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
      await until("all came", () => got() === sent.join(""))
    },
  )

  it("that drops lets requests through, and no reply, and ends the connection", async () => {
    const { way, socket, got, echoed } = await open()
    way.drop(50)
    socket.write("hello")
    await until("it ends", () => socket.destroyed)
    expect([echoed(), got()]).toEqual(["hello", ""])
  })

  it("that is cut takes new connections", async () => {
    const { way, socket } = await open()
    socket.write("hello")
    await until("it is open", () => socket.readyState === "open")
    way.cut()
    await until("it ends", () => socket.destroyed)
    const again = connect(way.port, "127.0.0.1")
    again.write("again")
    await until("an answer", () => again.bytesRead > 0)
    again.destroy()
  })
})
