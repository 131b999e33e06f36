import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { cpus, totalmem } from "node:os"
import { fileURLToPath } from "node:url"

/** One claimed figure of one benchmark. `holds` is null where no target was set. */
export interface Figure {
  figure: string
  value: number
  unit: string
  target: string
  holds: boolean | null
}

export interface Result {
  name: string
  /** What was run, in a sentence. */
  about: string
  runs: number
  versions: Record<string, string>
  figures: Figure[]
  /** Markdown that follows the table. */
  more?: string
}

const RESULTS = fileURLToPath(new URL("../results/", import.meta.url))

export const atLeast = (figure: string, value: number, unit: string, target: number): Figure => ({
  figure,
  value: round(value),
  unit,
  target: `≥ ${target}`,
  holds: value >= target,
})
export const atMost = (figure: string, value: number, unit: string, target: number): Figure => ({
  figure,
  value: round(value),
  unit,
  target: `≤ ${target}`,
  holds: value <= target,
})
export const stated = (figure: string, value: number, unit: string): Figure => ({
  figure,
  value: round(value),
  unit,
  target: "stated",
  holds: null,
})

const round = (value: number): number => Number(value.toPrecision(4))

/** Prints a benchmark's table and writes `bench/results/<name>.md` and `.json`. */
export function report({ name, about, runs, versions, figures, more = "" }: Result): void {
  const at = new Date().toISOString()
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB`
  const all = { node: process.version, commit: commit(), ...versions }
  const rows = figures.map(
    ({ figure, value, unit, target, holds }) =>
      `| ${figure} | ${value} | ${unit} | ${target} | ${holds === null ? "" : holds ? "yes" : "**no**"} |`,
  )
  const table = ["| figure | value | unit | target | holds |", "|---|---|---|---|---|", ...rows].join("\n")
  const text = `# ${name}\n\n${about}\n\n\`npm run bench -- ${name}\`, ${at}, ${runs} run${runs === 1 ? "" : "s"}, on ${machine}; ${Object.entries(
    all,
  )
    .map(([key, value]) => `${key} ${value}`)
    .join(", ")}.\n\n${table}\n${more}`
  process.stdout.write(`${text}\n`)
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(`${RESULTS}${name}.md`, text)
  writeFileSync(`${RESULTS}${name}.json`, `${JSON.stringify({ name, at, versions: all, runs, figures }, null, 2)}\n`)
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim()
  } catch {
    return "unknown"
  }
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** The value below which the share `q` of the values lies, by nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN
}
