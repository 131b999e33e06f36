import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import fc from "fast-check"
import { afterEach, describe, expect, it } from "vitest"
import { encode, Writer } from "../codec/index.ts"
import { writeCall } from "./call-frame.ts"
import type { Channel } from "./channel.ts"
import { KIND } from "./frame.ts"
import { helloFrame, proofFrame, prove, readChallenge } from "./handshake.ts"
import { CREDENTIAL, failureOf, ONCE, SAY, startChannel, startEcho, startRelay, until } from "./test-kit.ts"

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const echo = async (...given: Parameters<typeof startEcho>) => {
  const started = await startEcho(...given)
  closing.push(() => started.server.stop(200))
  return started
}
const channelTo = (...given: Parameters<typeof startChannel>) => {
  const started = startChannel(...given)
  closing.push(() => started.channel.stop())
  return started
}
const relay = async (...given: Parameters<typeof startRelay>) => {
  const started = await startRelay(...given)
  closing.push(() => started.close())
  return started
}
const say = (channel: Channel, text: string, more = {}) => channel.call(SAY, { text }, more)

/** A socket that has proved itself and may send anything. */
async function openSession(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1")
  socket.on("error", () => undefined)
  const clientNonce = randomBytes(32)
  socket.write(helloFrame({ nonce: clientNonce, service: "echo", name: CREDENTIAL.name }))
  const [challenge] = (await once(socket, "data")) as [Buffer]
  const said = {
    service: "echo",
    name: CREDENTIAL.name,
    clientNonce,
    serverNonce: readChallenge(challenge, 5, challenge.length),
  }
  socket.write(proofFrame(prove("client", CREDENTIAL.token, said)))
  await once(socket, "data")
  socket.resume()
  return socket
}

describe("calls", () => {
  it("come back, many at a time over one connection, each with its own answer", async () => {
    const { address } = await echo()
    const { channel } = channelTo([address])
    const texts = Array.from({ length: 2_000 }, (_, i) => `${i}`)
    const replies = await Promise.all(texts.map((text) => say(channel, text)))
    expect(replies.map(({ text }) => text)).toEqual(texts.map((text) => `a ${text}`))
  })

  it("carry priority, user, version and deadline on to those made on their behalf", async () => {
    const { address, seen } = await echo()
    const { channel } = channelTo([address])
    await say(channel, "first", { timeoutMs: 300, user: 9, version: "8.0.1" })
    const first = seen[0]?.call
    expect(first).toMatchObject({ priority: 7, user: 9, version: "8.0.1", peer: "test" })
    await channel.call(ONCE, { text: "second" }, { under: first as never })
    const second = seen[1]?.call
    expect(second).toMatchObject({ priority: 7, user: 9, version: "8.0.1" })
    expect((second as NonNullable<typeof second>).deadlineAt).toBeLessThan(
      (first as NonNullable<typeof first>).deadlineAt + 5,
    )
  })

  it("fail with the service's own errors as they are, and with unforeseen ones without their text", async () => {
    const { address } = await echo()
    const { channel } = channelTo([address])
    expect(await failureOf(say(channel, "sold out"))).toMatchObject({
      code: "sold_out",
      retry: false,
      message: "cannot sell: none is left",
    })
    const bug = await failureOf(say(channel, "bug"))
    expect(bug.code).toBe("internal")
    expect(bug.message).not.toContain("hunter2")
    expect((await failureOf(say(channel, "bad reply"))).code).toBe("internal")
    expect((await failureOf(say(channel, "big reply"))).code).toBe("too_large")
    expect((await failureOf(channel.call(SAY, { text: 5 as never }))).message).toBe(
      "Say: cannot write Text.text: 5 is no string",
    )
    expect((await failureOf(channel.call(SAY, { bytes: new Uint8Array(5_000_000) }))).code).toBe("too_large")
    const newer = { ...SAY, number: 99, name: "Say" }
    expect(await failureOf(channel.call(newer, { text: "x" }))).toMatchObject({ code: "unknown_method" })
    expect((await say(channel, "fine")).text).toBe("a fine")
  })

  it("end at their deadline, and the server is told", async () => {
    const { address, aborted } = await echo()
    const { channel } = channelTo([address])
    await say(channel, "warm")
    const from = performance.now()
    const error = await failureOf(channel.call(SAY, { text: "slow", waitMs: 5_000 }, { timeoutMs: 100 }))
    // Both sides look at the deadline; who says it first is chance.
    const said = ["Say: no reply of echo within 100 ms", "the deadline of Say passed while it ran"]
    expect(error).toMatchObject({ code: "expired", message: expect.toBeOneOf(said) })
    expect(performance.now() - from).toBeLessThan(1_000)
    await until(() => aborted.length === 1, "the function was told")
  })

  it("of a channel with a limit of its own end at that, and one that can be done without is answered why", async () => {
    const { address } = await echo()
    const { channel } = channelTo([address], { settings: { withinMs: 100 } })
    await say(channel, "warm")
    const slow = { text: "slow", waitMs: 5_000 }
    expect((await failureOf(channel.call(SAY, slow, { timeoutMs: 4_000 }))).code).toBe("expired")
    expect(await channel.tryCall(SAY, slow)).toMatchObject({ ok: false, why: { code: "expired" } })
    expect(await channel.tryCall(SAY, { text: 5 as never })).toMatchObject({ ok: false, why: { code: "bad_request" } })
    expect(await channel.tryCall(SAY, { text: "hi" })).toMatchObject({ ok: true, reply: { text: "a hi" } })
  })

  it("are taken back by their signal, and never run when it is aborted before", async () => {
    const { address, aborted, seen } = await echo()
    const { channel } = channelTo([address])
    const stop = new AbortController()
    const call = failureOf(channel.call(SAY, { text: "slow", waitMs: 5_000 }, { signal: stop.signal }))
    await until(() => seen.length === 1, "the call arrived")
    stop.abort()
    expect((await call).code).toBe("cancelled")
    await until(() => aborted[0] === "slow: cancelled", "the function was told")
    expect((await failureOf(say(channel, "never", { signal: stop.signal }))).code).toBe("cancelled")
    expect(seen).toHaveLength(1)
  })

  it("made on behalf of another are taken back with it", async () => {
    const back = await echo("back")
    const toBack = channelTo([back.address])
    const front = await echo("front")
    const { channel } = channelTo([front.address])
    const stop = new AbortController()
    const outer = failureOf(
      channel.call(SAY, { text: "outer", waitMs: 5_000 }, { signal: stop.signal, timeoutMs: 5_000 }),
    )
    await until(() => front.seen.length === 1, "the outer call runs")
    const under = front.seen[0]?.call as never
    const inner = failureOf(toBack.channel.call(SAY, { text: "inner", waitMs: 5_000 }, { under, timeoutMs: 5_000 }))
    await until(() => back.seen.length === 1, "the inner call runs")
    stop.abort()
    expect((await outer).code).toBe("cancelled")
    expect((await inner).code).toBe("cancelled")
    await until(() => back.aborted[0] === "inner: cancelled", "the inner function was told")
  })

  it("that expire while they wait never run", async () => {
    const { address, seen } = await echo("a", { mostRunning: 1 })
    const { channel } = channelTo([address])
    const slow = channel.call(SAY, { text: "slow", waitMs: 300 }, { timeoutMs: 2_000 })
    await until(() => seen.length === 1, "the slow call runs")
    expect((await failureOf(say(channel, "late", { timeoutMs: 50 }))).code).toBe("expired")
    await slow
    expect((await say(channel, "next")).text).toBe("a next")
    expect(seen.map(({ text }) => text)).toEqual(["slow", "next"])
  })

  it("are refused when too many wait, and the refusal may be tried again", async () => {
    const { address, seen } = await echo("a", { mostRunning: 1, mostQueued: 1 })
    const { channel } = channelTo([address])
    const running = channel.call(SAY, { text: "one", waitMs: 200 })
    await until(() => seen.length === 1, "one runs")
    const queued = say(channel, "two")
    expect(await failureOf(say(channel, "three"))).toMatchObject({ code: "overloaded", retry: true })
    await Promise.all([running, queued])
  })

  it("are tried again within a budget of a tenth", async () => {
    const { address, seen } = await echo()
    const { channel } = channelTo([address])
    for (let i = 0; i < 200; i++) expect((await failureOf(say(channel, "again"))).code).toBe("try_again")
    const tries = seen.length
    expect(tries - 200).toBeGreaterThanOrEqual(10)
    expect(tries - 200).toBeLessThanOrEqual(10 + 20)
  })

  it("behave alike without a socket, and share no object with the service", async () => {
    const { server } = await echo()
    const { channel } = channelTo(() => server.dispatcherOf("echo"))
    const bytes = Uint8Array.from([1, 2, 3])
    const call = channel.call(SAY, { text: "here", bytes })
    bytes[0] = 9
    expect(await call).toEqual({ text: "a here", waitMs: 0, bytes: Uint8Array.from([1, 2, 3]) })
    expect((await failureOf(say(channel, "sold out"))).code).toBe("sold_out")
    expect((await failureOf(channel.call(SAY, { text: "slow", waitMs: 5_000 }, { timeoutMs: 50 }))).code).toBe(
      "expired",
    )
    expect((await failureOf(channel.call(SAY, { text: 5 as never }))).code).toBe("bad_request")
  })
})

describe("connections", () => {
  it("want the token on both sides", async () => {
    const { address, server } = await echo()
    const wrong = { name: "test", token: "another-token-of-some-length" }
    const stranger = channelTo([address], { credential: wrong })
    expect((await failureOf(say(stranger.channel, "hi", { timeoutMs: 300 }))).code).toBe("unavailable")
    expect(stranger.troubles[0]).toContain("the name is not known here, or its token is another")
    const unknown = channelTo([address], { credential: { name: "nobody", token: CREDENTIAL.token } })
    expect((await failureOf(say(unknown.channel, "hi", { timeoutMs: 300 }))).code).toBe("unavailable")
    expect(unknown.troubles[0]).toContain("the name is not known here, or its token is another")
    expect(server).toBeTruthy()
  })

  it("are given up by the client when the server cannot prove itself", async () => {
    const { port, seen } = await echo()
    const { address } = await relay(port, {
      toClient: (bytes) => {
        if (bytes[4] === KIND.welcome) bytes[6] = (bytes[6] as number) ^ 1
        return bytes
      },
    })
    const { channel, troubles } = channelTo([address])
    const call = failureOf(say(channel, "secret", { timeoutMs: 200 }))
    await until(() => troubles.length > 0, "the client noticed")
    expect(troubles[0]).toContain("does not know the token: it is not the service it claims to be")
    await call
    expect(seen).toHaveLength(0)
  })

  it("end when their bytes are no frames, and no other is disturbed", async () => {
    const { address, port } = await echo()
    const { channel } = channelTo([address])
    const good = Array.from({ length: 50 }, (_, i) => say(channel, `${i}`))
    const attacks = [
      randomBytes(5_000),
      Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
      Buffer.alloc(4),
      Buffer.from([255, 255, 255, 255, 1]),
      Buffer.from(helloFrame({ nonce: new Uint8Array(5), service: "echo", name: "test" })),
      Buffer.from([5, 0, 0, 0, 1, 1, 0, 0, 0]),
    ]
    for (const bytes of attacks) {
      const socket = connect(port, "127.0.0.1")
      socket.on("error", () => undefined)
      socket.write(bytes)
      await once(socket, "close")
    }
    await Promise.all(good)
    expect((await say(channel, "still")).text).toBe("a still")
  })

  it("of a caller that is known and sends nonsense end, or answer with errors, and no other is disturbed", async () => {
    const { address, port } = await echo()
    const { channel } = channelTo([address])
    await say(channel, "warm")
    const random = fc.sample(
      fc.array(fc.record({ kind: fc.integer({ min: 0, max: 30 }), body: fc.uint8Array({ maxLength: 60 }) }), {
        minLength: 1,
        maxLength: 8,
      }),
      { numRuns: 60, seed: 5 },
    )
    for (const frames of random) {
      const socket = await openSession(port)
      for (const { kind, body } of frames) {
        const head = Buffer.alloc(5)
        head.writeUInt32LE(body.length + 1)
        head[4] = kind
        socket.write(Buffer.concat([head, body]))
      }
      socket.end()
      await once(socket, "close")
      expect((await say(channel, "still")).text).toBe("a still")
    }
  })

  it("that say nothing are closed", async () => {
    const { port } = await echo("a", { handshakeMs: 50 })
    const socket = connect(port, "127.0.0.1")
    socket.resume()
    await once(socket, "close")
  })

  it("take frames cut anywhere", async () => {
    const { port } = await echo()
    const socket = connect(port, "127.0.0.1")
    socket.on("error", () => undefined)
    for (const byte of helloFrame({ nonce: randomBytes(32), service: "echo", name: "test" }))
      socket.write(Uint8Array.of(byte))
    const [answer] = (await once(socket, "data")) as [Buffer]
    expect(answer[4]).toBe(17)
    socket.destroy()
  })

  it("lost before the reply: what may be repeated is, what may not says so", async () => {
    const { port, seen } = await echo()
    let lose = false
    const bent = await relay(port, {
      toClient: (bytes) => {
        if (!lose) return bytes
        lose = false
        bent.cut()
        return null
      },
    })
    const { channel } = channelTo([bent.address])
    await say(channel, "warm")
    lose = true
    expect((await say(channel, "twice", { timeoutMs: 3_000 })).text).toBe("a twice")
    expect(seen.filter(({ text }) => text === "twice")).toHaveLength(2)
    lose = true
    const error = await failureOf(channel.call(ONCE, { text: "once" }, { timeoutMs: 3_000 }))
    expect(error).toMatchObject({ code: "connection_lost", message: expect.stringContaining("may have run or not") })
    expect(seen.filter(({ text }) => text === "once")).toHaveLength(1)
  })

  it("end when a call is sent twice: it runs once", async () => {
    const { port, seen } = await echo()
    let twice = false
    const { address } = await relay(port, {
      toServer: (bytes) => {
        if (!twice) return bytes
        twice = false
        return Buffer.concat([bytes, bytes])
      },
    })
    const { channel } = channelTo([address], { settings: { pingMs: 60_000 } })
    await say(channel, "warm")
    twice = true
    await channel.call(ONCE, { text: "once" }).catch(() => undefined)
    await until(() => channel.ready, "the client came back")
    expect(seen.filter(({ text }) => text === "once")).toHaveLength(1)
  })

  it("of a caller that takes no replies are not read from, and end", async () => {
    const { port, server } = await echo("a", { pauseAtBytes: 100_000, stuckMs: 300, mostInFlight: 100_000 })
    const { channel, troubles } = channelTo([`127.0.0.1:${port}`], { settings: { pingMs: 60_000 } })
    await say(channel, "warm")
    // The client's own reading stops: what the server sends stays in the sockets.
    const socket = (channel as never as { lanes: { link: { socket: import("node:net").Socket } }[] }).lanes[0]?.link
      .socket
    socket?.pause()
    const calls = Array.from({ length: 200 }, () =>
      failureOf(
        channel
          .call(SAY, { bytes: new Uint8Array(100_000) }, { timeoutMs: 2_500 })
          .then(() => Promise.reject(new Error("?"))),
      ),
    )
    await until(() => (server as never as { sessions: Set<unknown> }).sessions.size <= 1, "one session")
    await until(
      () => troubles.length > 0 || (server as never as { sessions: Set<unknown> }).sessions.size === 0,
      "the server let it go",
    )
    socket?.resume()
    await Promise.all(calls)
    expect((await say(channel, "back", { timeoutMs: 3_000 })).text).toBe("a back")
  })
})

describe("targets", () => {
  it("share the calls, and one that stops hands its calls over without a failure", async () => {
    const [a, b] = [await echo("a"), await echo("b")]
    const { channel } = channelTo([a.address, b.address])
    await until(() => (channel as never as { lanes: { up: boolean }[] }).lanes.every(({ up }) => up), "both are up")
    let failed = 0
    let done = false
    const names = new Set<string>()
    const load = (async () => {
      while (!done) {
        await Promise.all(
          Array.from({ length: 20 }, () =>
            channel.call(ONCE, { text: "x", waitMs: 2 }).then(
              ({ text }) => names.add(text),
              () => failed++,
            ),
          ),
        )
      }
    })()
    await until(() => names.size === 2, "both answer")
    await a.server.stop()
    await new Promise((resolve) => setTimeout(resolve, 100))
    done = true
    await load
    expect(failed).toBe(0)
    names.clear()
    await say(channel, "y")
  })

  it("that answer pings and no call are left, with longer waits each time", async () => {
    const [a, b] = [await echo("a", { mostRunning: 1 }), await echo("b")]
    const hog = channelTo([a.address])
    const stuck = failureOf(hog.channel.call(SAY, { text: "stuck", waitMs: 60_000 }, { timeoutMs: 60_000 }))
    await until(() => a.seen.length === 1, "one call fills the target")
    const { channel, troubles } = channelTo([a.address, b.address], {
      settings: { backoffMs: 2_000, mostBackoffMs: 5_000 },
    })
    await until(() => (channel as never as { lanes: { up: boolean }[] }).lanes.every(({ up }) => up), "both are up")
    while (troubles.length === 0)
      await Promise.allSettled(Array.from({ length: 10 }, () => say(channel, "x", { timeoutMs: 30 })))
    expect(troubles[0]).toContain("the target answered none of 20 calls before their deadlines")
    const after = await Promise.all(Array.from({ length: 50 }, () => say(channel, "x")))
    expect(after.every(({ text }) => text === "b x")).toBe(true)
    hog.channel.stop()
    await stuck
  })

  it("that come back are used again", async () => {
    const first = await echo("a")
    const { channel } = channelTo([first.address])
    await say(channel, "x")
    await first.server.stop()
    expect((await failureOf(say(channel, "x", { timeoutMs: 100 }))).code).toBe("unavailable")
    const second = await echo("b", {}, first.port)
    expect((await say(channel, "x", { timeoutMs: 3_000 })).text).toBe("b x")
    expect(second.seen).toHaveLength(1)
  })

  it("are reached over as many connections as are asked for, and refuse more than they take", async () => {
    const { address, server } = await echo("a", { mostConnections: 3 })
    const sessions = (): number => (server as never as { sessions: Set<unknown> }).sessions.size
    const { channel } = channelTo([address], { settings: { connections: 3 } })
    await until(() => sessions() === 3, "three connections")
    expect((await Promise.all(Array.from({ length: 100 }, () => say(channel, "x")))).length).toBe(100)
    const fourth = channelTo([address])
    expect((await failureOf(say(fourth.channel, "x", { timeoutMs: 200 }))).code).toBe("unavailable")
    expect((await say(channel, "still")).text).toBe("a still")
  })

  it("wait with their calls until there is room", async () => {
    const { address } = await echo("a", { mostInFlight: 5 })
    const { channel } = channelTo([address])
    const calls = Array.from({ length: 100 }, (_, i) =>
      channel.call(SAY, { text: `${i}`, waitMs: 1 }, { timeoutMs: 5_000 }),
    )
    expect((await Promise.all(calls)).length).toBe(100)
    const small = channelTo([address], { settings: { mostWaiting: 10 } })
    const many = await Promise.allSettled(Array.from({ length: 50 }, () => say(small.channel, "x")))
    expect(many.filter(({ status }) => status === "rejected").length).toBe(40)
  })
})

describe("what a call costs on the wire", () => {
  it("is 18 bytes beside the request and 10 beside the reply", () => {
    const writer = new Writer()
    const meta = { id: 1, method: 1, priority: 0, user: 0, remainingMs: 1_000, version: "" }
    const size = writeCall(writer, meta, SAY.request as never, { text: "hi" })
    expect(size - encode(SAY.request, { text: "hi" }).length).toBe(18)
  })
})
