import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

type Profile = "standard" | "reward_low_FP" | "reward_low_FN"
interface Load {
  false_alarms_per_series_day: number
  median_delay_steps: number | null
  median_delay_s: number | null
}
interface F1 {
  f1: number
  precision: number
  recall: number
  macro_f1: number
  segments: number
  segments_found: number
  best: { f1: number }
}

/** What the benchmark's scorer writes, as far as it is used here. */
export interface Score {
  throughput: { points_per_s: number }
  nab: { fixed: Record<Profile, number>; best: Record<Profile, { score: number }>; load: Load }
  kpi: { all: F1; second_half: F1; load: Load }
  prefix_check?: { problems: unknown[] }
}

/** The benchmark's folder: the first argument, else OSSAGENT_ANOMALY_BENCH. Ends the process with a sentence where there is none. */
export function findBenchmark(): string {
  const folder = process.argv[2] ?? process.env.OSSAGENT_ANOMALY_BENCH
  if (folder && existsSync(join(folder, "score.mjs"))) return folder
  const why = folder
    ? `there is no score.mjs in ${folder}`
    : "its folder is neither the first argument nor OSSAGENT_ANOMALY_BENCH"
  process.stderr.write(`cannot run the anomaly benchmark: ${why}\n`)
  process.exit(2)
}

/** Runs the scorer with one detector over all series. */
export async function score(folder: string, detector: string): Promise<Score> {
  const scratch = mkdtempSync(join(tmpdir(), "ossagent-detect-"))
  const file = join(scratch, "score.json")
  try {
    const options = ["--data", join(folder, "data"), "--detector", detector, "--feed", "stream", "--json", file]
    await run(process.execPath, [join(folder, "score.mjs"), ...options, "--timeout", "600"])
    return JSON.parse(readFileSync(file, "utf8")) as Score
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] })
    child.on("error", reject)
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`cannot score: the scorer ended with ${code}`)),
    )
  })
}
