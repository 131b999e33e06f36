import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { decodeFrame, decodeNames, SECTION } from "@ossagent/wire"
import { afterEach, expect, it } from "vitest"
import { failureOf, quietAgent, SAY, startChannel, startEcho } from "./test-kit.ts"

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A collector's door that keeps the names of the series it is sent. */
async function startSink() {
  const named = new Set<string>()
  const labelled = new Set<string>()
  const versions = new Set<string>()
  const faults: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      for (const { type, body } of decodeFrame(Buffer.concat(chunks)).sections) {
        if (type === SECTION.exceptions)
          for (const { message } of JSON.parse(Buffer.from(body).toString()).items) faults.push(message)
        if (type !== SECTION.names) continue
        for (const { series } of decodeNames(body)) {
          named.add(series.metric)
          labelled.add(`${series.metric} ${JSON.stringify(series.labels)}`)
          versions.add(`${series.metric} ${series.version}`)
        }
      }
      response.end(JSON.stringify({ accepted: 1, now: Date.now() }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  closing.push(() => server.close())
  return { named, labelled, versions, faults, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

it("a service shows at least 27 figures of its own with nothing written for them", async () => {
  const sink = await startSink()
  const started = await startEcho("a", {}, 0, sink.url)
  closing.push(() => started.server.stop(100))
  const client = startChannel([started.address], { agent: quietAgent(sink.url) })
  closing.push(() => client.channel.stop())
  await client.channel.call(SAY, { text: "hi" }, { version: "8.0.1" })
  await failureOf(client.channel.call(SAY, { text: "sold out" }))
  await started.agent.flush()
  await client.agent.flush()
  const server = [...sink.named].filter((name) => name.startsWith("rpc.server."))
  const caller = [...sink.named].filter((name) => name.startsWith("rpc.client."))
  expect(server.length).toBeGreaterThanOrEqual(20)
  expect(caller.length).toBeGreaterThanOrEqual(20)
  expect(server.length + caller.length).toBeGreaterThanOrEqual(27)
  expect([...sink.labelled]).toEqual(
    expect.arrayContaining([
      'rpc.server.calls {"method":"Say"}',
      'rpc.server.errors {"method":"Say","code":"sold_out"}',
      'rpc.server.duration {"method":"Say"}',
      'rpc.client.errors {"to":"echo","method":"Say","code":"sold_out"}',
    ]),
  )
})

it("a service's figures are split by the version of the client at the beginning of the calls", async () => {
  const sink = await startSink()
  const started = await startEcho("a", {}, 0, sink.url)
  closing.push(() => started.server.stop(100))
  const client = startChannel([started.address])
  closing.push(() => client.channel.stop())
  await client.channel.call(SAY, { text: "hi" }, { version: "8.0.1" })
  await failureOf(client.channel.call(SAY, { text: "sold out" }, { version: "8.0.2" }))
  await started.agent.flush()
  for (const one of ["rpc.server.calls 8.0.1", "rpc.server.duration 8.0.1", "rpc.server.errors 8.0.2"]) {
    expect([...sink.versions]).toContain(one)
  }
})

it("a service that was never called shows its figures at zero", async () => {
  const sink = await startSink()
  const started = await startEcho("a", {}, 0, sink.url)
  closing.push(() => started.server.stop(100))
  await started.agent.flush()
  expect(sink.named.has("rpc.server.shed")).toBe(true)
  expect(sink.named.has("rpc.server.handshake_failures")).toBe(true)
})

it("faults of a service's own code are reported, its foreseen errors are not", async () => {
  const sink = await startSink()
  const started = await startEcho("a", {}, 0, sink.url)
  closing.push(() => started.server.stop(100))
  const client = startChannel([started.address])
  closing.push(() => client.channel.stop())
  for (const text of ["sold out", "again", "bug", "bad reply"]) await failureOf(client.channel.call(SAY, { text }))
  await started.agent.flush()
  expect(sink.faults).toEqual(["password=***", expect.stringContaining("cannot write Text.text")])
})
