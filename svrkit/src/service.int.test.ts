import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { decodeFrame } from "@ossagent/wire"
import { pino } from "pino"
import { afterEach, describe, expect, it } from "vitest"
import { z } from "zod"
import { ConfigError, port, setting } from "./config.ts"
import { ServiceError } from "./errors.ts"
import { parse } from "./parse.ts"
import { defineService, type RunningService } from "./service.ts"

const token = "test-token-0123456789"
const silent = pino({ level: "silent" })
const stopped: string[] = []

const shop = defineService({
  name: "shop",
  config: {
    port: setting("SHOP_PORT", port(0), "port"),
    secret: setting("SHOP_SECRET", z.string().min(8), "a secret of at least 8 characters", { secret: true }),
  },
  errors: { sold_out: [409, "Nothing is left of it."] },
  door: (config) => ({
    port: config.port,
    credentials: [{ name: "till", token, scopes: ["buy"] }],
    bodyLimitBytes: 1_000,
  }),
  start(context) {
    context.onStop(() => void stopped.push("first"))
    context.onStop(() => void stopped.push("second"))
    context.ready("stock", () => (context.config.secret === "not ready" ? "the stock is being counted" : null))
    context.http.post("/v1/buy", { config: { scope: "buy" } }, async (request) => {
      const { item } = parse(z.object({ item: z.string() }), request.body, "body")
      if (item === "gold") throw new ServiceError("sold_out", "cannot sell gold: none is left", { retryAfterSec: 7 })
      if (item === "bug") throw new Error("password=hunter2")
      return { sold: item, to: request.credential.name }
    })
    context.http.get("/v1/books", { config: { scope: "read" } }, () => [])
  },
})

let running: RunningService<typeof shop.definition.config> | undefined
let sink: Server | undefined
afterEach(async () => {
  await running?.stop()
  running = undefined
  sink?.close()
})

const start = async (env: Record<string, string> = {}) => {
  running = await shop.start({ SHOP_SECRET: "long enough", ...env }, silent)
  return running
}
const buy = (body: unknown, auth = `Bearer ${token}`) =>
  fetch(`${running?.url}/v1/buy`, {
    method: "POST",
    headers: { authorization: auth, "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  })
const errorOf = async (response: Response) => ({
  status: response.status,
  ...((await response.json()) as { error: { code: string } }).error,
})

describe("the door", () => {
  it("lets a known credential in and tells the handler its name", async () => {
    await start()
    expect(await (await buy({ item: "tea" })).json()).toEqual({ sold: "tea", to: "till" })
  })

  it("refuses no token, an unknown token and a missing scope, each with its reason", async () => {
    await start()
    expect(await errorOf(await buy({ item: "tea" }, ""))).toMatchObject({ status: 401, code: "unauthorized" })
    expect(await errorOf(await buy({ item: "tea" }, "Bearer wrong-token-wrong"))).toMatchObject({ status: 401 })
    const books = await fetch(`${running?.url}/v1/books`, { headers: { authorization: `Bearer ${token}` } })
    expect(await errorOf(books)).toMatchObject({
      status: 403,
      message: expect.stringContaining('lacks the scope "read"'),
    })
  })

  it("names the place of a fault in the body", async () => {
    await start()
    expect(await errorOf(await buy({ item: 5 }))).toMatchObject({
      status: 400,
      code: "bad_request",
      where: "body.item",
    })
    expect(await errorOf(await buy("{oh"))).toMatchObject({ status: 400, code: "bad_request" })
    expect(await errorOf(await buy({ item: "x".repeat(2_000) }))).toMatchObject({ status: 413, code: "too_large" })
  })

  it("answers with the service's own errors, and keeps the text of unforeseen ones to itself", async () => {
    await start()
    const soldOut = await buy({ item: "gold" })
    expect(soldOut.headers.get("retry-after")).toBe("7")
    expect(await errorOf(soldOut)).toMatchObject({ status: 409, code: "sold_out" })
    const bug = await buy({ item: "bug" })
    expect(bug.status).toBe(500)
    expect(await bug.text()).not.toContain("hunter2")
  })

  it("tells life and readiness apart", async () => {
    await start({ SHOP_SECRET: "not ready" })
    expect((await fetch(`${running?.url}/healthz`)).status).toBe(200)
    const ready = await fetch(`${running?.url}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.json()).toEqual({ ok: false, missing: ["stock: the stock is being counted"] })
  })
})

describe("the process shell", () => {
  it("lists every fault of its configuration and no secret", async () => {
    const error = await shop.start({ SHOP_PORT: "99999999", SHOP_SECRET: "hunter2" }, silent).catch((e: Error) => e)
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as Error).message).toMatch(/SHOP_PORT[\s\S]*SHOP_SECRET/)
    expect((error as Error).message).not.toContain("hunter2")
  })

  it("stops its parts in reverse order, once", async () => {
    const { stop } = await start()
    stopped.length = 0
    await Promise.all([stop(), stop()])
    expect(stopped).toEqual(["second", "first"])
  })

  it("stops what began while it was stopping before what that stands on", async () => {
    const order: string[] = []
    const slow = defineService({
      name: "slow",
      config: {},
      door: () => ({ port: 0, credentials: [] }),
      start: ({ onStop }) => {
        onStop(() => void order.push("database"))
        const booting = new Promise((resolve) => setTimeout(resolve, 50)).then(() =>
          onStop(() => void order.push("watch")),
        )
        onStop(() => booting)
      },
    })
    const { stop } = await slow.start({}, silent)
    await stop()
    expect(order).toEqual(["watch", "database"])
  })

  it("refuses a route that states no scope", async () => {
    const careless = defineService({
      name: "careless",
      config: {},
      door: () => ({ port: 0, credentials: [] }),
      start: ({ http }) => void http.get("/open", () => "oh"),
    })
    await expect(careless.start({}, silent)).rejects.toThrow("route GET /open states no scope")
  })

  it("sends its own metrics, and errors that it did not foresee, with the agent that is built in", async () => {
    const frames: Buffer[] = []
    sink = createServer((request, response) => {
      request.on("data", (chunk: Buffer) => frames.push(chunk))
      request.on("end", () => response.end(JSON.stringify({ accepted: 1, now: Date.now() })))
    }).listen(0)
    const { port: at } = sink.address() as AddressInfo
    const { stop } = await start({
      OSSAGENT_KEY: "0123456789abcdef",
      OSSAGENT_COLLECTOR: `http://127.0.0.1:${at}`,
    })
    for (const item of ["tea", "gold", "bug"]) await buy({ item })
    await stop()
    const bytes = Buffer.concat(frames)
    expect(decodeFrame(bytes.subarray(0)).header.sequence).toBe(1)
    expect(bytes.includes("http.server.duration")).toBe(true)
    expect(bytes.toString().match(/"fingerprint":"\w+"/g)).toHaveLength(1)
    expect(bytes.includes('"message":"password=***"')).toBe(true)
  })
})
