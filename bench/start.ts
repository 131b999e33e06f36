/** How long `npm start` takes until live figures are there: on a built tree, and on a clean clone. */
import { execFileSync, spawn } from "node:child_process"
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

/** Seconds until every process has reported. */
async function timeStart(dataDir: string, cwd = ROOT, withinSec = 120): Promise<number> {
  const from = Date.now()
  const child = spawn("npm", ["start"], {
    cwd,
    stdio: "ignore",
    detached: true,
    env: { ...process.env, OSSAGENT_DATA: dataDir, OSSAGENT_PORT: String(PORT) },
  })
  while (!(await isLive(dataDir))) {
    if (Date.now() - from > withinSec * 1000) throw new Error(`no live figures within ${withinSec} s`)
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

/** The committed state in a new folder: packages are installed and everything is built first. */
async function timeCleanClone(): Promise<number> {
  const clone = mkdtempSync(join(tmpdir(), "ossagent-clone-"))
  execFileSync("git", ["clone", "--quiet", ROOT, clone])
  const seconds = await timeStart(join(clone, "data"), clone, 900)
  rmSync(clone, { recursive: true, force: true })
  return seconds
}

const fresh: number[] = []
const again: number[] = []
for (let run = 0; run < RUNS; run++) {
  const dataDir = mkdtempSync(join(tmpdir(), "ossagent-start-"))
  fresh.push(await timeStart(dataDir))
  again.push(await timeStart(dataDir))
  rmSync(dataDir, { recursive: true, force: true })
}
report({
  name: "start",
  about:
    "From `npm start` until all six processes have points of the last five seconds in a report and the dashboard answers; on an installed and built tree but for the last line.",
  runs: RUNS,
  versions: {},
  figures: [
    atMost("to live figures, first start (engines are set up), median", median(fresh), "s", 15),
    atMost("to live figures, later starts, median", median(again), "s", 15),
    stated("slowest of all", Math.max(...fresh, ...again), "s"),
    stated("clean clone to live figures, install and build included, once", await timeCleanClone(), "s"),
  ],
})
