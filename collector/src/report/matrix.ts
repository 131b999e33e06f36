import { ServiceError } from "@ossagent/svrkit"
import type { MatrixAnswer, Values } from "@ossagent/wire"
import type { z } from "zod"
import { type Cells, statOf } from "./cells.ts"
import { type ReportContext, readCells } from "./context.ts"
import type { MATRIX } from "./question.ts"
import { kindOf } from "./range.ts"
import { SEPARATOR, type Selection } from "./selection.ts"

const DAY_SEC = 86_400
const MOST_CELLS = 40_000
/** Natural order: version 1.10 comes after 1.9. */
const natural = new Intl.Collator("en", { numeric: true })

/** One figure by two dimensions, now and a day before. */
export async function matrix(question: z.output<typeof MATRIX>, context: ReportContext): Promise<MatrixAnswer> {
  const { metric, stat, filters, windowSec } = question
  const { kind, unit } = kindOf(context.registry, metric, filters)
  const to = Math.floor((question.to ?? Date.now()) / 1000)
  const dims = [question.rows, question.columns]
  const buckets = stat.startsWith("p")
  const selection: Selection = {
    metrics: [metric],
    kind,
    filters,
    dims,
    from: to - windowSec,
    to,
    stepSec: windowSec,
    buckets,
    groups: null,
  }
  const earlier = { ...selection, from: selection.from - DAY_SEC, to: selection.to - DAY_SEC }
  const [now, before] = await Promise.all([readCells(context, selection), readCells(context, earlier)])
  const rows = valuesAt(now, 0)
  const columns = valuesAt(now, 1)
  if (rows.length * columns.length > MOST_CELLS) {
    throw new ServiceError(
      "too_much",
      `cannot answer ${rows.length} × ${columns.length} cells: at most ${MOST_CELLS}; filter by service or version`,
    )
  }
  const cellsOf = (cells: Cells): Values[] =>
    rows.map((row) =>
      columns.map((column) => statOf(cells.groups.get(row + SEPARATOR + column)?.steps.get(0), kind, stat, windowSec)),
    )
  return {
    metric,
    kind,
    unit,
    from: selection.from * 1000,
    to: to * 1000,
    rows,
    columns,
    cells: cellsOf(now),
    before: cellsOf(before),
  }
}

const valuesAt = (cells: Cells, at: number): string[] =>
  [...new Set([...cells.groups.values()].map((group) => group.values[at] as string))].sort(natural.compare)
