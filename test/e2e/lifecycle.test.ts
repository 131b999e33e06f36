import { spawnSync } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { freePorts, type Product, ROOT, startProduct, until } from "../stack.ts"

/** Starting and stopping, in order and not, on one installation. */
let product: Product
let on: { dataDir: string; port: number }
afterAll(async () => {
  product?.launcher.kill("SIGKILL")
  if (on !== undefined) await rm(on.dataDir, { recursive: true, force: true })
})

/** Processes that carry the installation's data directory in their environment, the launcher among them. */
const processes = (): number[] =>
  readdirSync("/proc").flatMap((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, "utf8").includes(on.dataDir)
        ? [Number(name)]
        : []
    } catch {
      return []
    }
  })
const launch = (env: Record<string, string | undefined>, ...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, "scripts/dist/main.js"), ...args], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 60_000,
  })

it("tells its settings when asked for help", () => {
  const { status, stdout } = launch({}, "--help")
  expect(status).toBe(0)
  for (const name of ["OSSAGENT_PORT", "OSSAGENT_DATA", "OSSAGENT_POSTGRES_URL"]) expect(stdout).toContain(name)
})

it("lists every fault of its settings in a sentence", () => {
  const { status, stderr } = launch({ OSSAGENT_PORT: "99999", OSSAGENT_CLICKHOUSE_URL: "nowhere" })
  expect(status).toBe(1)
  expect(stderr).toMatch(
    /cannot start, the configuration has faults:\n {2}OSSAGENT_PORT: .*\n {2}OSSAGENT_CLICKHOUSE_URL: /,
  )
})

it("names a port that somebody holds and the setting that moves it, and starts nothing", async () => {
  const port = await freePorts()
  const dataDir = await mkdtemp(join(tmpdir(), "ossagent-e2e-"))
  const holder = createServer().listen(port + 1, "127.0.0.1")
  await once(holder, "listening")
  const { status, stderr } = launch({ OSSAGENT_PORT: String(port), OSSAGENT_DATA: dataDir })
  expect(status).toBe(1)
  expect(stderr).toContain(`cannot start collector: port ${port + 1} cannot be had (EADDRINUSE)`)
  expect(stderr).toContain(`set OSSAGENT_PORT to another port, say ${port + 1000}`)
  holder.close()
  await rm(dataDir, { recursive: true })
})

it("says where to look and how to log in, and refuses a second copy on the same data", async () => {
  product = await startProduct()
  on = { dataDir: product.dataDir, port: product.port }
  for (const text of [product.dashboardUrl, product.secrets.adminEmail, product.secrets.adminPassword])
    expect(product.output()).toContain(text)
  expect((await fetch(product.dashboardUrl)).ok).toBe(true)
  const second = launch({ OSSAGENT_PORT: String(await freePorts()), OSSAGENT_DATA: on.dataDir })
  expect(second.status).toBe(1)
  expect(second.stderr).toContain(`process ${product.launcher.pid} runs on ${on.dataDir} already`)
})

it("killed with -9 it leaves nothing behind, and starts again on the same data and ports", async () => {
  const before = product.secrets
  product.launcher.kill("SIGKILL")
  product = await startProduct({}, { on, detached: true })
  expect(product.secrets).toEqual(before)
  expect((await fetch(product.dashboardUrl)).ok).toBe(true)
})

it("Ctrl-C, which goes to the whole group, ends it in order and leaves no process", async () => {
  expect(processes().length).toBeGreaterThan(5)
  const ended = once(product.launcher, "exit")
  process.kill(-(product.launcher.pid as number), "SIGINT")
  expect(await ended).toEqual([0, null])
  await until(async () => processes().length === 0, "no process", 5_000)
})
