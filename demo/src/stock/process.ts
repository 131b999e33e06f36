import { type ChildProcess, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { cp, mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Installation } from "../installation.ts"
import { MODULE } from "./service.ts"

const HERE = fileURLToPath(new URL(".", import.meta.url))
const LOGIC = fileURLToPath(new URL("../../logic/", import.meta.url))

/** The stock's process: where it answers, and the folder that its logic comes from. */
export interface StockProcess {
  target: string
  token: string
  /** Puts a further version of the logic beside those that are there. */
  place: (kind: "steady" | "slow", version: string) => Promise<void>
  stop: () => Promise<void>
}

/** @param current version of the logic that is to run */
export async function startStock(installation: Installation, current: string): Promise<StockProcess> {
  const dir = await mkdtemp(join(tmpdir(), "ossagent-demo-"))
  const place: StockProcess["place"] = (kind, version) =>
    cp(join(LOGIC, kind), join(dir, MODULE, version), { recursive: true })
  await place("steady", current)
  const token = randomBytes(24).toString("base64url")
  const port = await freePort()
  const { collector, ingestKey, alerting, logicToken } = installation
  const child = fork(join(HERE, "main.js"), {
    execArgv: [],
    // Ctrl-C goes to all processes of a terminal: the demo says when this one ends.
    detached: true,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...{ OSSAGENT_COLLECTOR: collector, OSSAGENT_KEY: ingestKey },
      ...{ OSSAGENT_RPC_TOKEN: token, STOCK_RPC_PORT: String(port), OSSAGENT_SPOOL_DIR: join(dir, "spool") },
      ...{ OSSAGENT_LOGIC_DIR: dir, OSSAGENT_ALERTING_URL: alerting, OSSAGENT_LOGIC_TOKEN: logicToken },
    },
  })
  const stop = async (): Promise<void> => {
    await end(child)
    await rm(dir, { recursive: true, force: true })
  }
  const ended = once(child, "exit").then(() => Promise.reject(new Error("cannot start the simulated stock: it ended")))
  await Promise.race([once(child, "message"), ended])
  ended.catch(() => undefined) // it ends when it is told to
  return { target: `127.0.0.1:${port}`, token, place, stop }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, "exit")
  child.kill("SIGTERM")
  await gone
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, "close")
  return port
}
