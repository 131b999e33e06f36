import { type ChildProcess, fork, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import type { Reports } from "@ossagent/wire"

const here = fileURLToPath(new URL(".", import.meta.url))
/** The checkout, from this file or from what it is built to. */
export const ROOT = join(here, basename(here) === "dist" ? "../.." : "..")

/** The whole product as `npm start` runs it, on ports and data of its own. */
export interface Product {
  dashboardUrl: string
  collectorUrl: string
  alertingUrl: string
  secrets: Record<"ingestKey" | "readToken" | "alertingToken" | "logicToken" | "adminEmail" | "adminPassword", string>
  dataDir: string
  launcher: ChildProcess
  port: number
  output: () => string
  stop: () => Promise<number | null>
}

/** `on`: the data and port of an earlier one; `detached`: in a process group of its own. */
export interface StartOptions {
  on?: { dataDir: string; port: number }
  detached?: boolean
}

export async function startProduct(env: Record<string, string> = {}, options: StartOptions = {}): Promise<Product> {
  const dataDir = options.on?.dataDir ?? (await mkdtemp(join(tmpdir(), "ossagent-e2e-")))
  const port = options.on?.port ?? (await freePorts())
  let printed = ""
  const launcher = fork(join(ROOT, "scripts/dist/main.js"), {
    cwd: ROOT,
    execArgv: [],
    detached: options.detached ?? false,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, OSSAGENT_PORT: String(port), OSSAGENT_DATA: dataDir, ...env },
  })
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream?.on("data", (part: Buffer) => {
      printed += part
    })
  }
  const ended = once(launcher, "exit").then(([code]) => code as number | null)
  await Promise.race([
    once(launcher, "message"),
    ended.then(() => Promise.reject(new Error(`the product did not start:\n${printed}`))),
  ])
  return {
    dashboardUrl: `http://127.0.0.1:${port}`,
    collectorUrl: `http://127.0.0.1:${port + 1}`,
    alertingUrl: `http://127.0.0.1:${port + 2}`,
    secrets: JSON.parse(readFileSync(join(dataDir, "secrets.json"), "utf8")),
    dataDir,
    launcher,
    port,
    output: () => printed,
    stop: async () => {
      launcher.kill("SIGINT")
      const code = await ended
      await rm(dataDir, { recursive: true, force: true })
      return code
    },
  }
}

/** As many as an installation takes. */
const PORTS = 11

/** The first of so many ports in a row that are free now. */
export async function freePorts(): Promise<number> {
  for (let port = 20_000 + (process.pid % 200) * 100; port < 60_000; port += PORTS) {
    const free = await Promise.all(Array.from({ length: PORTS }, (_, i) => isFree(port + i)))
    if (free.every(Boolean)) return port
  }
  throw new Error(`no ${PORTS} free ports in a row`)
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once("error", () => resolve(false))
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)))
  })

/** A service of somebody: a counter and a timer by region, a process of its own. */
export function startShop(product: Product, version = "1.0.0"): ChildProcess {
  const script = `
    import { createAgent } from "@ossagent/agent"
    const oss = createAgent({
      service: "shop",
      subsystem: "checkout",
      version: "${version}",
      collector: process.env.OSSAGENT_COLLECTOR,
      key: process.env.OSSAGENT_KEY,
    })
    const paid = oss.counter("order.paid")
    const call = oss.timer("pay.call")
    setInterval(() => {
      paid.inc()
      for (const region of ["eu", "us"]) call.with({ region }).record(5 + 20 * Math.random())
    }, 20)`
  return spawn(process.execPath, ["--input-type=module", "-e", script], {
    cwd: join(ROOT, "test"),
    stdio: "inherit",
    env: { ...process.env, OSSAGENT_COLLECTOR: product.collectorUrl, OSSAGENT_KEY: product.secrets.ingestKey },
  })
}

export async function ask<N extends keyof Reports>(
  product: Product,
  name: N,
  question: Reports[N]["question"],
): Promise<Reports[N]["answer"]> {
  const response = await fetch(`${product.collectorUrl}/v1/report/${name}`, {
    method: "POST",
    headers: { authorization: `Bearer ${product.secrets.readToken}`, "content-type": "application/json" },
    body: JSON.stringify(question),
  })
  return (await response.json()) as Reports[N]["answer"]
}

/** Waits until `find` finds something; says `what` was missing when it does not. */
export async function until<T>(
  find: () => Promise<T | null | undefined | false>,
  what: string,
  forMs: number,
): Promise<T> {
  const end = Date.now() + forMs
  for (;;) {
    const found = await find().catch(() => null)
    if (found) return found
    if (Date.now() > end) throw new Error(`${what}: not within ${forMs / 1000} s`)
    await sleep(50)
  }
}
