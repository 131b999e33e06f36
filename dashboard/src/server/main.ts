/**
 * The dashboard's process: configuration, database, agent, Next behind our own HTTP server, and a clean end by SIGTERM, SIGINT or the
 * end of the parent process.
 */
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import nextModule from "next"
import { pino } from "pino"
import { watchChatPlaces } from "../chat/places.ts"
import { type Config, ConfigError, readConfig } from "../config.ts"
import { startAgent } from "./agent.ts"
import { addHeaders } from "./headers.ts"
import { createMeasure } from "./measure.ts"
import { prepareDatabase } from "./prepare.ts"

// under Node the CommonJS module is the function itself, which its types do not say
const createNext = nextModule as unknown as typeof nextModule.default
const STOP_MS = 8_000
const DRAIN_MS = 1_000

function tryConfig(): Config {
  try {
    return readConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`dashboard: ${error.message}\n`)
    process.exit(1)
  }
}

const config = tryConfig()
const log = pino({ level: config.logLevel, base: { service: "dashboard", pid: process.pid } })

async function start(): Promise<void> {
  const agent = startAgent(config, log)
  await prepareDatabase(config, log)
  // Next.js lives in the package's root; this file runs from dist/server
  const dir = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
  const app = createNext({ dev: config.development, dir, quiet: true, hostname: config.host, port: config.port })
  await app.prepare()
  const handle = app.getRequestHandler()
  const chat = watchChatPlaces(config, log)
  const security = {
    development: config.development,
    https: config.url.startsWith("https:"),
    trustProxy: config.trustProxy,
    connectTo: chat.sourcesFor,
  }
  const measure = agent ? createMeasure(agent) : () => {}
  const server = createServer((request, response) => {
    if (request.url === "/healthz") return void response.end('{"ok":true}')
    measure(request, response)
    addHeaders(request, response, security)
    handle(request, response).catch((error: unknown) => {
      log.error({ err: error, url: request.url?.split("?")[0] }, "request failed")
      response.destroy()
    })
  })
  if (config.development) server.on("upgrade", app.getUpgradeHandler())
  await listen(server)
  const url = `http://${config.host}:${(server.address() as AddressInfo).port}`
  log.info({ url }, "started")
  stopOnSignals(async () => {
    chat.stop()
    await close(server)
    await app.close()
    await agent?.stop()
  })
  process.send?.({ started: url })
}

const listen = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(config.port, config.host, () => resolve())
  })

/** Requests get a moment to end; then live streams, which never end by themselves, are cut. */
function close(server: Server): Promise<void> {
  setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref()
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}

function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false
  const leave = (why: string): void => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ why }, "asked to stop")
    setTimeout(() => process.exit(1), STOP_MS).unref()
    stop().then(
      () => {
        log.info("stopped")
        process.exit(0)
      },
      (error: unknown) => {
        log.error({ err: error }, "did not stop cleanly")
        process.exit(1)
      },
    )
  }
  process.on("SIGTERM", () => leave("SIGTERM"))
  process.on("SIGINT", () => leave("SIGINT"))
  const orphaned = (): void => leave("the parent process has ended")
  if (process.connected === false) orphaned()
  else if (process.connected) process.once("disconnect", orphaned)
}

start().catch((error: unknown) => {
  log.error({ err: error }, `cannot start: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
})
