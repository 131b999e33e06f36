import { type ChildProcess, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client"

export type TestEngine = {
  url: string
  user: string
  password: string
  database: string
  dataDir: string
  pid: number
  /** What the process has printed so far. */
  output: () => string
  /** Ends the process and starts it again on the same data and port; `SIGKILL` leaves it no time to tidy up. */
  restart: (signal?: NodeJS.Signals) => Promise<void>
  /** Ends the process and removes its data. */
  stop: () => Promise<void>
}

/** The official client on a test engine, without its log. */
export function connect(engine: TestEngine, more: Parameters<typeof createClient>[0] = {}): ClickHouseClient {
  const { url, user: username, password, database } = engine
  return createClient({ url, username, password, database, log: { level: ClickHouseLogLevel.OFF }, ...more })
}

/** The built launcher; run `tsc -b collector` first. */
export const ENGINE_MAIN = fileURLToPath(new URL("../../dist/engine/start.cjs", import.meta.url))

/**
 * Starts a throw-away engine as a process of its own on a free port; ready in about half a second.
 *
 * @param env settings beyond port, data directory and password
 */
export async function startTestEngine(env: Record<string, string> = {}): Promise<TestEngine> {
  const dataDir = await mkdtemp(join(tmpdir(), "ossagent-clickhouse-"))
  const password = randomBytes(12).toString("hex")
  const settings = {
    OSSAGENT_CLICKHOUSE_PORT: "0",
    OSSAGENT_CLICKHOUSE_DATA: dataDir,
    OSSAGENT_CLICKHOUSE_PASSWORD: password,
    ...env,
  }
  const printed: string[] = []
  const remove = () => rm(dataDir, { recursive: true, force: true })
  let { child, url } = await startProcess(settings, printed).catch(async (error) => {
    await remove()
    throw error
  })
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, "exit")
    child.kill(signal)
    await ended
  }
  const restart = async (signal: NodeJS.Signals = "SIGTERM") => {
    await end(signal)
    ;({ child, url } = await startProcess({ ...settings, OSSAGENT_CLICKHOUSE_PORT: new URL(url).port }, printed))
  }
  const stop = async () => {
    await end("SIGTERM")
    await remove()
  }
  return {
    url,
    user: "ossagent",
    password,
    database: "ossagent",
    dataDir,
    get pid() {
      return child.pid ?? 0
    },
    output: () => printed.join(""),
    restart,
    stop,
  }
}

async function startProcess(
  env: Record<string, string>,
  printed: string[],
): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(ENGINE_MAIN, { env, execArgv: [], stdio: ["ignore", "pipe", "pipe", "ipc"] })
  child.stdout?.on("data", (text) => printed.push(String(text)))
  child.stderr?.on("data", (text) => printed.push(String(text)))
  const url = await new Promise<string>((resolve, reject) => {
    child.on("message", (message: { engine?: string }) => message.engine && resolve(message.engine))
    child.once("exit", (code) => reject(new Error(`the engine ended with ${code}: ${printed.join("")}`)))
  })
  return { child, url }
}
