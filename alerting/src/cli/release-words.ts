import type { Judgement, LogicModuleState, MetricJudgement, ReleasePage } from "@ossagent/wire"

const MINUTE_MS = 60_000

export const toPercent = (ratio: number): string => `${Number((100 * ratio).toPrecision(3))} %`

export function toAge(at: number): string {
  const minutes = Math.round((Date.now() - at) / MINUTE_MS)
  if (minutes < 120) return `${minutes} min`
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} d`
}

/** What a module runs, a line for it and one for each process. */
export function* toLines({ module, service, current, found, instances }: LogicModuleState): Generator<string> {
  yield `${module} of ${service}: ${current} runs, ${found.join(", ") || "none"} there, ${instances.length} ${instances.length === 1 ? "process" : "processes"}`
  for (const { instance, versions } of instances) {
    const all = versions.map(
      ({ version, state, why }) => `${version} ${state.replace("_", " ")}${why ? ` (${why})` : ""}`,
    )
    yield `  ${instance.slice(0, 8)}: ${all.join(", ")}`
  }
}

/** One release with its judgement, step by step. */
export function* toReport({ release, judgements, timeline }: ReleasePage): Generator<string> {
  const { id, module, version, from, state, why } = release
  yield `release ${id}: ${module} ${version} after ${from}, ${state.replace("_", " ")}: ${why}`
  for (const { at, ratio, kind, text } of timeline)
    yield `  ${new Date(at).toISOString()} ${toPercent(ratio)} ${kind.replace("_", " ")}: ${text}`
  for (const judgement of judgements) yield* toTable(judgement)
}

function* toTable({ ratio, samples, verdict, why, metrics }: Judgement): Generator<string> {
  yield `at ${toPercent(ratio)}, ${samples.new} calls against ${samples.old}: ${verdict.replace("_", " ")}, ${why}`
  yield `  ${["metric", "old", "new", "difference (95 %)", "effect", "p", "q", "n", ""].map((one, i) => one.padEnd(WIDTHS[i] ?? 0)).join(" ")}`.trimEnd()
  for (const metric of metrics) {
    const cells = toRow(metric).map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0))
    yield `  ${cells.join(" ")}`.trimEnd()
  }
}

const WIDTHS = [8, 10, 10, 28, 7, 8, 8, 6]

function toRow({
  metric,
  unit,
  old,
  new: fresh,
  shift,
  low,
  high,
  delta,
  p,
  q,
  n,
  verdict,
  why,
}: MetricJudgement): string[] {
  const one = (value: number | null) => toFigure(value, unit)
  const range = low === null || high === null ? "" : ` (${one(low)} to ${one(high)})`
  const difference = shift === null ? "" : `${one(shift)}${range}`
  return [metric, one(old), one(fresh), difference, short(delta), short(p), short(q), String(n), `${verdict}: ${why}`]
}

const short = (value: number | null): string => (value === null ? "" : String(Number(value.toPrecision(2))))

function toFigure(value: number | null, unit: string): string {
  if (value === null) return ""
  if (unit === "1") return `${Number((100 * value).toPrecision(3))} %`
  if (unit === "By/h") return `${Number((value / 1_048_576).toPrecision(3))} MiB/h`
  return `${Number(value.toPrecision(3))}${unit.startsWith("{") ? "" : ` ${unit}`}`
}
