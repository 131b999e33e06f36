import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import express from "express"
import fastify from "fastify"
import { afterEach, beforeEach, expect, test } from "vitest"
import { type Agent, createAgent } from "../agent.ts"
import { startStub } from "../collector.test-stub.ts"

let stub: Awaited<ReturnType<typeof startStub>>
let agent: Agent
beforeEach(async () => {
  stub = await startStub()
  const given = { service: "shop", collector: stub.url, key: "k", spool: false, flushMs: 60_000 } as const
  agent = createAgent({ ...given, onTrouble: () => {} })
})
afterEach(async () => {
  await agent.stop()
  await stub.close()
})

/** Routes of the requests served so far, as `GET /users/:name 200`. */
async function routes(): Promise<string[]> {
  await agent.flush()
  return stub.frames
    .flatMap(({ named }) => named.map(({ series }) => series))
    .filter(({ metric, labels }) => metric === "http.server.duration" && labels.route !== "/v1/frames")
    .map(({ labels }) => `${labels.method} ${labels.route} ${labels.status}`)
    .sort()
}

const ask = async (base: string, paths: readonly string[]): Promise<void> => {
  for (const path of paths) await (await fetch(base + path)).text()
}
const NAMES = Array.from({ length: 50 }, (_, i) => `customer-${String.fromCharCode(97 + (i % 26))}-${"x".repeat(i)}`)

test("Express's own routes are told, mounted routers included, however many values their parameters take", async () => {
  const app = express()
  const router = express.Router()
  router.get("/users/:name", (_request, response) => void response.send("ok"))
  app.use("/v1", router)
  app.get("/plain", (_request, response) => void response.send("ok"))
  app.get("/broken/:id", () => {
    throw Object.assign(new Error("teapot"), { status: 418 })
  })
  const server = createServer(app).listen(0, "127.0.0.1")
  await once(server, "listening")
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await ask(base, [...NAMES.map((name) => `/v1/users/${name}`), "/plain?q=1", "/broken/7", "/nowhere/x", "/nowhere/y"])
  expect(await routes()).toEqual([
    "GET /broken/:id 418",
    "GET /plain 200",
    "GET /v1/users/:name 200",
    "GET unknown 404",
  ])
  server.closeAllConnections()
  server.close()
})

test("Fastify's own routes are told, prefixes included, however many values their parameters take", async () => {
  const app = fastify()
  app.get("/users/:name", async () => "ok")
  app.register(async (scope) => void scope.get("/orders/:order", async () => "ok"), { prefix: "/v1" })
  app.get("/broken/:id", async () => {
    throw new Error("broken")
  })
  const base = await app.listen({ port: 0, host: "127.0.0.1" })
  await ask(base, [...NAMES.flatMap((name) => [`/users/${name}`, `/v1/orders/${name}`]), "/broken/7", "/nowhere/x"])
  expect(await routes()).toEqual([
    "GET /broken/:id 500",
    "GET /users/:name 200",
    "GET /v1/orders/:order 200",
    "GET unknown 404",
  ])
  await app.close()
})
