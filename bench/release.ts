/** How surely the judge of releases tells bad ones from good ones: simulated days, twenty releases each, by seed. */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { atLeast, atMost, type Figure, report, stated } from "./result.ts"

interface Outcome {
  fault: "none" | "latency" | "errors" | "leak" | "crash"
  state: "done" | "rolled_back" | "held"
  exposure: number
  seconds: number
}

const DAY = fileURLToPath(new URL("../../alerting/bin/release-day.mjs", import.meta.url))
const RUNS = 100
const AT_ONCE = 2
const KINDS = { latency: "latency +20 %", errors: "errors +0.5 points", leak: "memory leak", crash: "crash" } as const

const share = Math.ceil(RUNS / AT_ONCE)
const parts = await Promise.all(
  Array.from({ length: AT_ONCE }, async (_, i) => {
    const seeds = [1 + i * share, Math.min(RUNS, (i + 1) * share)].map(String)
    const { stdout } = await promisify(execFile)(process.execPath, [DAY, ...seeds], { maxBuffer: 64 * 1024 * 1024 })
    return stdout.trim().split("\n")
  }),
)
const days = parts.flat().map((line) => (JSON.parse(line) as { outcomes: Outcome[] }).outcomes)

const isCaught = ({ state, exposure }: Outcome): boolean => state === "rolled_back" && exposure <= 0.05
const figures: Figure[] = Object.entries(KINDS).flatMap(([fault, name]) => {
  const all = days.map((day) => day.find((one) => one.fault === fault) as Outcome)
  const caught = all.filter(isCaught)
  return [
    atLeast(`${name}: caught at 5 % of users at most`, caught.length, `of ${all.length}`, 95),
    stated(`${name}: of these at 1 %`, caught.filter(({ exposure }) => exposure <= 0.01).length, ""),
    stated(`${name}: median time until rolled back`, toMedian(caught.map(({ seconds }) => seconds)), "s"),
  ]
})
const allCaught = days.filter((day) => day.every((one) => one.fault === "none" || isCaught(one)))
figures.push(atLeast("days in which all four bad ones were caught at 5 % at most", allCaught.length, `of ${RUNS}`, 95))
const good = days.flat().filter(({ fault }) => fault === "none")
const stopped = good.filter(({ state }) => state !== "done")
const disturbed = days.filter((day) => day.some((one) => one.fault === "none" && one.state !== "done"))
figures.push(
  atMost("days in which a good release was stopped", disturbed.length, `of ${RUNS}`, 5),
  stated(`good releases stopped, of ${good.length}`, stopped.length, ""),
  stated("median time of a good release through all steps", toMedian(good.map(({ seconds }) => seconds)), "s"),
)

function toMedian(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

report({
  name: "release",
  about:
    "Simulated days (`alerting/src/release/simulate`): 20 releases on one service of 1,000 calls/s, 200,000 users (44 % of the calls from a tenth of them), 3 client versions × 3 regions, a daily curve of ±60 %, log-normal latencies of calls and users, 0.3 % errors. The leak is 60 MiB an hour, the crash one call in 5,000. Four of the 20 are bad, one of each kind, at drawn hours. Steps 1, 5, 20, 100 %, 10 minutes each at least, judged each 30 s by the judge of the product; nothing else of the product runs.",
  runs: RUNS,
  versions: {},
  figures,
})
