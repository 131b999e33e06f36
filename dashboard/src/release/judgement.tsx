import type { Judgement, MetricJudgement } from "@ossagent/wire"
import { Badge } from "../piece/badge.tsx"
import { Panel } from "../piece/panel.tsx"
import { When } from "../time/picker.tsx"
import {
  formatChance,
  formatFigure,
  formatRatio,
  formatShare,
  formatShift,
  METRIC_VERDICTS,
  METRICS,
  VERDICTS,
} from "./words.ts"

const HEADS = [
  ["Metric", ""],
  ["Verdict", ""],
  ["Old", "the version before, the same users' share, the same time"],
  ["New", ""],
  ["Difference", "by Hodges and Lehmann, between groups of users; with its 95 % interval"],
  ["Effect", "Cliff's delta, −1 to 1: how often the new one has more, less how often it has less"],
  ["p", "how likely it is by chance alone; within equal client versions and regions (van Elteren)"],
  ["q", "p, corrected for all metrics that were looked at (Benjamini and Hochberg)"],
  ["n", "groups of users on both sides, or points in time"],
] as const

/** One step: both versions, metric by metric, and what followed. */
export function JudgementPanel({ judgement, experiment }: { judgement: Judgement; experiment: boolean }) {
  const { at, ratio, samples, verdict, why, metrics } = judgement
  const [tone, icon, word] = VERDICTS[verdict]
  return (
    <Panel aria-label={`Judgement at ${formatRatio(ratio)}`} className="overflow-hidden">
      <header className="space-y-1 border-line border-b px-4 py-3">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <h2 className="font-semibold text-[15px]">At {formatRatio(ratio)} of users</h2>
          {!experiment && (
            <Badge tone={tone} icon={icon}>
              {word}
            </Badge>
          )}
          <span className="text-[13px] text-ink-3">
            {samples.new.toLocaleString("en")} calls against {samples.old.toLocaleString("en")} · <When at={at} />
          </span>
        </div>
        {!experiment && <p className="text-[13px] break-words">{why}</p>}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section tabIndex={0} aria-label={`Metrics at ${formatRatio(ratio)}`} className="overflow-x-auto">
        <table data-testid="judgement" className="w-full text-[13px]">
          <thead className="text-left text-ink-3 text-xs">
            <tr>
              {HEADS.map(([name, title]) => (
                <th
                  key={name}
                  scope="col"
                  title={title || undefined}
                  className="px-2 py-1.5 font-medium first:pl-4 last:pr-4"
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {metrics.map((metric) => (
              <MetricRow key={metric.metric} metric={metric} />
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  )
}

const CELL = "px-2 py-2 tabular-nums whitespace-nowrap"

function MetricRow({ metric }: { metric: MetricJudgement }) {
  const { unit, old, new: fresh, shift, share, low, high, delta, p, q, n, verdict, why } = metric
  const [tone, icon, word] = METRIC_VERDICTS[verdict]
  return (
    <tr>
      <th scope="row" className="py-2 pr-2 pl-4 text-left font-medium whitespace-nowrap">
        {METRICS[metric.metric]}
      </th>
      <td className="min-w-40 px-2 py-2">
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
        <span className="mt-0.5 block text-ink-3 text-xs break-words">{why}</span>
      </td>
      <td className={CELL}>{formatFigure(old, unit)}</td>
      <td className={CELL}>{formatFigure(fresh, unit)}</td>
      <td className={CELL}>
        {formatShift(shift, unit)}
        {share !== null && <span className="text-ink-3"> ({formatShare(share)})</span>}
        {low !== null && high !== null && (
          <span className="block text-ink-3 text-xs">
            {formatShift(low, unit)} to {formatShift(high, unit)}
          </span>
        )}
      </td>
      <td className={CELL}>{delta === null ? "–" : delta.toFixed(2).replace("-", "−")}</td>
      <td className={CELL}>{formatChance(p)}</td>
      <td className={CELL}>{formatChance(q)}</td>
      <td className={`${CELL} pr-4`}>{n}</td>
    </tr>
  )
}
