/** How well the detector finds what people labelled, beside two baselines, and what it costs. */
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { findBenchmark, type Score, score } from "./detect/score.ts"
import { ROUNDS, speedFigures } from "./detect/speed.ts"
import { atLeast, atMost, type Figure, report, stated } from "./result.ts"

const folder = findBenchmark()
const OURS = fileURLToPath(new URL("../../alerting/bin/detect.mjs", import.meta.url))
const BASELINES = { EWMA: "baseline-ewma.mjs", "seasonal MAD": "baseline-seasonal-mad.mjs" }

const figures = await speedFigures()
figures.push(...toOurs(await score(folder, `"${process.execPath}" "${OURS}"`)))
for (const [name, file] of Object.entries(BASELINES))
  figures.push(...toBaseline(name, await score(folder, `"${process.execPath}" "${join(folder, file)}"`)))

report({
  name: "detect",
  about: `The benchmark's own scorer over its 29 series of NAB and 27 of KPI, one fixed setting for all, nothing labelled; its prefix check is part of it. "Own alarms" are the detector's own decisions, "best threshold" the best one for all series afterwards, as NAB's scoreboard has it. KPI: F1 with at most seven points of delay. CPU: one series of 100 days by the minute, median of ${ROUNDS} rounds.`,
  runs: 1,
  versions: {},
  figures,
})

function toOurs({ nab, kpi, prefix_check: check }: Score): Figure[] {
  return [
    atLeast("NAB standard, best threshold", nab.best.standard.score, "", 81),
    atLeast("NAB low FP, best threshold", nab.best.reward_low_FP.score, "", 75),
    stated("NAB low FN, best threshold", nab.best.reward_low_FN.score, ""),
    stated("NAB standard, own alarms", nab.fixed.standard, ""),
    stated("NAB low FP, own alarms", nab.fixed.reward_low_FP, ""),
    atMost("NAB false alarms a series a day", nab.load.false_alarms_per_series_day, "/d", 0.1),
    stated("NAB median delay", nab.load.median_delay_steps ?? Number.NaN, "steps"),
    atLeast("KPI F1, all rows, own alarms", kpi.all.f1, "", 0.8),
    atLeast("KPI F1, second half, own alarms", kpi.second_half.f1, "", 0.86),
    atLeast("KPI macro F1, own alarms", kpi.all.macro_f1, "", 0.6),
    stated("KPI precision, all rows", kpi.all.precision, ""),
    stated("KPI segments found", kpi.all.segments_found, `of ${kpi.all.segments}`),
    atMost("KPI false alarms a series a day", kpi.load.false_alarms_per_series_day, "/d", 0.3),
    stated("KPI median delay", kpi.load.median_delay_steps ?? Number.NaN, "steps"),
    atMost("answers that a prefix changes", check?.problems.length ?? 0, "", 0),
  ]
}

function toBaseline(name: string, { nab, kpi }: Score): Figure[] {
  return [
    stated(`${name}: NAB standard, best threshold`, nab.best.standard.score, ""),
    stated(`${name}: NAB low FP, best threshold`, nab.best.reward_low_FP.score, ""),
    stated(`${name}: NAB false alarms a series a day`, nab.load.false_alarms_per_series_day, "/d"),
    stated(`${name}: NAB median delay`, nab.load.median_delay_steps ?? Number.NaN, "steps"),
    stated(`${name}: KPI F1, all rows, own alarms`, kpi.all.f1, ""),
    stated(`${name}: KPI F1, second half, own alarms`, kpi.second_half.f1, ""),
    stated(`${name}: KPI macro F1, own alarms`, kpi.all.macro_f1, ""),
    stated(`${name}: KPI false alarms a series a day`, kpi.load.false_alarms_per_series_day, "/d"),
    stated(`${name}: KPI median delay`, kpi.load.median_delay_steps ?? Number.NaN, "steps"),
  ]
}
