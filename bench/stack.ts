import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const ROOT = fileURLToPath(new URL("../../", import.meta.url))
export const INGEST_KEY = "bench-ingest-key-0123"
export const READ_TOKEN = "bench-read-token-0123"
const PASSWORD = "bench-password-0123456"

/** The store and the collector as processes of their own, in a directory that goes when they stop. */
export interface Stack {
  collectorUrl: string
  collector: ChildProcess
  engine: ChildProcess
  engineUrl: string
  directory: string
  /** One statement to the store; answers its text. */
  sql: (statement: string) => Promise<string>
  stop: () => Promise<void>
}

export async function startStack(env: Record<string, string> = {}): Promise<Stack> {
  const directory = await mkdtemp(join(tmpdir(), "ossagent-bench-"))
  const clickhouse = {
    OSSAGENT_CLICKHOUSE_PORT: "0",
    OSSAGENT_CLICKHOUSE_DATA: join(directory, "clickhouse"),
    OSSAGENT_CLICKHOUSE_USER: "ossagent",
    OSSAGENT_CLICKHOUSE_PASSWORD: PASSWORD,
    OSSAGENT_CLICKHOUSE_DATABASE: "ossagent",
  }
  const engine = await startProcess("collector/dist/engine/start.cjs", clickhouse)
  const collector = await startProcess("collector/dist/main.js", {
    ...clickhouse,
    OSSAGENT_CLICKHOUSE_URL: engine.url,
    OSSAGENT_COLLECTOR_PORT: "0",
    OSSAGENT_COLLECTOR_DATA: join(directory, "collector"),
    OSSAGENT_INGEST_KEYS: `bench:${INGEST_KEY}`,
    OSSAGENT_READ_TOKENS: `bench:${READ_TOKEN}`,
    OSSAGENT_LOG: "warn",
    ...env,
  })
  return {
    collectorUrl: collector.url,
    collector: collector.child,
    engine: engine.child,
    engineUrl: engine.url,
    directory,
    sql: async (statement) => {
      const headers = {
        "x-clickhouse-user": "ossagent",
        "x-clickhouse-key": PASSWORD,
        "x-clickhouse-database": "ossagent",
      }
      const answer = await fetch(engine.url, { method: "POST", headers, body: statement })
      return answer.text()
    },
    stop: async () => {
      await end(collector.child)
      await end(engine.child)
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function startProcess(main: string, env: Record<string, string>): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(join(ROOT, main), {
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  })
  const url = new Promise<string>((resolve, reject) => {
    child.once("exit", () => reject(new Error(`cannot start ${main}`)))
    // A service says where its door is; the store says where its own interface is besides.
    child.on("message", ({ engine, started }: { engine?: string; started?: string }) => {
      if (main.includes("engine")) engine !== undefined && resolve(engine)
      else if (started !== undefined) resolve(started)
    })
  })
  return { child, url: await url }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, "exit")
  child.kill("SIGTERM")
  await exited
}

/** CPU seconds a process and its threads have used so far. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Resident memory of a process, bytes. */
export function residentBytes(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))
  return Number(match?.[1] ?? 0) * 1024
}

/** Bytes of all files below a directory. */
export function directoryBytes(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
}
