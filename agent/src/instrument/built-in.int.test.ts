import { once } from "node:events"
import { createServer, get, request } from "node:http"
import { type AddressInfo, connect } from "node:net"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { type Agent, createAgent } from "../agent.ts"
import { startStub } from "../collector.test-stub.ts"

let stub: Awaited<ReturnType<typeof startStub>>
let agent: Agent
const server = createServer((incoming, response) => {
  if (incoming.url === "/hang") return
  response.statusCode = incoming.url?.startsWith("/gone") ? 404 : 200
  response.end("ok")
})
let url: string

beforeEach(async () => {
  stub = await startStub()
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  await agent.stop(1_000)
  server.closeAllConnections()
  server.close()
  await stub.close()
})

const start = (httpServer = true): void => {
  const given = { service: "shop", collector: stub.url, key: "k", spool: false, flushMs: 60_000 } as const
  agent = createAgent({ ...given, httpServer, onTrouble: () => {} })
}

/** Labels of every series of a metric, and how often each was recorded. */
async function seriesOf(metric: string) {
  await agent.flush()
  const points = stub.frames.flatMap((frame) => frame.points)
  return stub.frames
    .flatMap((frame) => frame.named)
    .filter(({ series }) => series.metric === metric)
    .map(({ id, series }) => ({
      ...series.labels,
      count: points.filter((point) => point.id === id).reduce((sum, point) => sum + point.count, 0),
    }))
}

test("served requests are told apart by route, method and status, and the agent's own are left out", async () => {
  start()
  for (const path of ["/users/1?x=1", "/users/2", "/gone/away", "/gone/too"]) await (await fetch(url + path)).text()
  const served = await seriesOf("http.server.duration")
  expect(served).toContainEqual({ route: "/users/:id", method: "GET", status: "200", count: 2 })
  expect(served).toContainEqual({ route: "unknown", method: "GET", status: "404", count: 2 })
})

test("a request that its client gave up is counted as aborted, and is no longer active", async () => {
  start()
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1")
  socket.write("GET /hang HTTP/1.1\r\nHost: x\r\n\r\n")
  await once(server, "request")
  socket.destroy()
  await vi.waitFor(async () => {
    const served = await seriesOf("http.server.duration")
    expect(served).toContainEqual({ route: "/hang", method: "GET", status: "aborted", count: 1 })
  }, 5_000)
})

test("calls by fetch and by node:http are told apart by peer, method and status; own ones are left out", async () => {
  start()
  await (await fetch(`${url}/a`, { method: "PUT" })).text()
  const call = get(`${url}/gone`)
  const [response] = await once(call, "response")
  response.resume()
  await fetch("http://127.0.0.1:1/").catch(() => {})
  const refused = request("http://127.0.0.1:1/").end()
  await once(refused, "error")
  await agent.flush()
  const peer = url.slice("http://".length)
  const calls = await seriesOf("http.client.duration")
  expect(calls).toHaveLength(3)
  expect(calls).toContainEqual({ peer, method: "PUT", status: "200", count: 1 })
  expect(calls).toContainEqual({ peer, method: "GET", status: "404", count: 1 })
  // node:http tells of the refused connection; fetch fails before it has a request to tell of, or tells too.
  expect(calls.find((one) => "status" in one && one.status === "error")?.count).toBeGreaterThanOrEqual(1)
})

test("with httpServer: false nothing is recorded for served requests", async () => {
  start(false)
  await (await fetch(`${url}/a`)).text()
  expect(await seriesOf("http.server.duration")).toEqual([])
})

test("process, event loop, GC, heap and handles are there", async () => {
  start()
  await vi.waitFor(async () => {
    const garbage = Array.from({ length: 100_000 }, (_, i) => ({ i }))
    expect(garbage.length).toBe(100_000)
    expect(await seriesOf("gc.pause")).not.toEqual([])
    expect(await seriesOf("eventloop.delay")).not.toEqual([])
  }, 10_000)
  const names = new Set(stub.frames.flatMap(({ named }) => named.map(({ series }) => series.metric)))
  for (const metric of ["process.cpu", "process.heap.used", "process.heap.total", "process.heap.space.used"]) {
    expect(names).toContain(metric)
  }
  for (const metric of ["process.handles", "eventloop.utilization"]) expect(names).toContain(metric)
})

test("after stop nothing listens any longer", async () => {
  start()
  await agent.stop()
  const { hasSubscribers } = await import("node:diagnostics_channel")
  for (const channel of ["http.server.request.start", "http.client.request.start"]) {
    expect(hasSubscribers(channel)).toBe(false)
  }
})
