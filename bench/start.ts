/** How long `npm start` on a built tree takes until live figures are there. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { atMost, median, report, stated } from "./result.ts"

const ROOT = fileURLToPath(new URL("../../", import.meta.url))
const RUNS = 5
const PORT = 27_070
const WANTED = ["alerting", "clickhouse", "collector", "dashboard", "machine", "postgres"]

/** Seconds until every process has reported; `fresh`: on empty data, so that both engines are set up first. */
async function once_(dataDir: string): Promise<number> {
  const from = Date.now()
  const child = spawn("npm", ["start"], {
    cwd: ROOT,
    stdio: "ignore",
    detached: true,
    env: { ...process.env, OSSAGENT_DATA: dataDir, OSSAGENT_PORT: String(PORT) },
  })
  while (!(await isLive(dataDir))) {
    if (Date.now() - from > 120_000) throw new Error("no live figures within two minutes")
    await sleep(20)
  }
  const seconds = (Date.now() - from) / 1000
  const ended = once(child, "exit")
  process.kill(-(child.pid as number), "SIGINT")
  await ended
  await sleep(1_000)
  return seconds
}

async function isLive(dataDir: string): Promise<boolean> {
  try {
    const { readToken } = JSON.parse(readFileSync(join(dataDir, "secrets.json"), "utf8")) as { readToken: string }
    const page = await fetch(`http://127.0.0.1:${PORT}/login`)
    const answer = await fetch(`http://127.0.0.1:${PORT + 1}/v1/report/latest`, {
      method: "POST",
      headers: { authorization: `Bearer ${readToken}`, "content-type": "application/json" },
      body: JSON.stringify({ split: ["service"], stats: ["last"], windowSec: 5 }),
    })
    const { group } = (await answer.json()) as { group: { service: string }[] }
    const services = new Set(group.map((one) => one.service))
    return page.ok && WANTED.every((service) => services.has(service))
  } catch {
    return false
  }
}

const fresh: number[] = []
const again: number[] = []
for (let run = 0; run < RUNS; run++) {
  const dataDir = mkdtempSync(join(tmpdir(), "ossagent-start-"))
  fresh.push(await once_(dataDir))
  again.push(await once_(dataDir))
  rmSync(dataDir, { recursive: true, force: true })
}
report({
  name: "start",
  about:
    "From `npm start` on an installed and built tree until all six processes have points of the last five seconds in a report and the dashboard answers.",
  runs: RUNS,
  versions: {},
  figures: [
    atMost("to live figures, first start (engines are set up), median", median(fresh), "s", 15),
    atMost("to live figures, later starts, median", median(again), "s", 15),
    stated("slowest of all", Math.max(...fresh, ...again), "s"),
  ],
})
