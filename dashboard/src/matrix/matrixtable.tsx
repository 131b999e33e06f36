"use client"
import Link from "next/link"
import { metricHref, placeHref } from "../catalog/links.ts"
import { formatValue, type ShownStat } from "../number/unit.ts"
import { changeOf, type Matrix } from "./table.ts"

interface MatrixTableProps {
  matrix: Matrix
  metric: string
  stat: ShownStat
  unit: string
}

/** A cell leads to the metric of that subsystem and version, beside the day before. */
export function MatrixTable({ matrix, metric, stat, unit }: MatrixTableProps) {
  return (
    <>
      <div className="overflow-x-auto">
        <table data-testid="matrix" className="w-full border-collapse text-[13px]">
          <thead>
            <tr>
              <th
                scope="col"
                className="sticky left-0 z-10 bg-surface px-4 py-2.5 min-w-48 text-left font-medium text-ink-3 text-xs"
              >
                Subsystem
              </th>
              {matrix.columns.map((column) => (
                <th
                  key={column}
                  scope="col"
                  className="min-w-24 px-2.5 py-2.5 text-right font-medium text-ink-2 text-xs"
                >
                  {column || "(none)"}
                </th>
              ))}
              <td className="w-full" />
            </tr>
          </thead>
          <tbody>
            {matrix.rows.map(({ name, group }, r) => (
              <tr key={name} className="border-line border-t">
                <th
                  scope="row"
                  className="sticky left-0 z-10 bg-surface px-4 py-1 text-left font-medium whitespace-nowrap"
                >
                  <Link
                    href={placeHref(group.service ?? "", group.subsystem ?? "")}
                    prefetch={false}
                    className="hover:text-accent hover:underline"
                  >
                    {name}
                  </Link>
                </th>
                {matrix.columns.map((column, c) => (
                  <Cell
                    key={column}
                    value={matrix.cells[r]?.[c] ?? null}
                    before={matrix.before[r]?.[c] ?? null}
                    unit={unit}
                    stat={stat}
                    href={metricHref(metric, { ...group, version: column, stat, compare: "1d" })}
                  />
                ))}
                <td />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Key leftOff={matrix.columnsLeftOff} />
    </>
  )
}

interface CellProps {
  value: number | null
  before: number | null
  unit: string
  stat: ShownStat
  href: string
}

const background = (strength: number): string =>
  `color-mix(in srgb, var(${strength > 0 ? "--s1" : "--s0"}) ${Math.round(Math.abs(strength) * 45)}%, transparent)`

function Cell({ value, before, unit, stat, href }: CellProps) {
  if (value === null) return <td className="px-2 py-1 text-right text-ink-3">·</td>
  const change = changeOf(value, before)
  const sign = change && change.ratio > 0 ? "+" : ""
  return (
    <td className="p-0.5">
      <Link
        href={href}
        prefetch={false}
        className="flex flex-col items-end rounded px-2 py-1 whitespace-nowrap hover:outline-2 hover:outline-accent"
        style={change ? { background: background(change.strength) } : undefined}
        title={change ? `${formatValue(before, unit, stat)} a day before` : "nothing a day before to compare with"}
      >
        <span className="font-semibold">{formatValue(value, unit, stat)}</span>
        <span className="text-[11px] text-ink-2">{change ? `${sign}${(change.ratio * 100).toFixed(0)} %` : "new"}</span>
      </Link>
    </td>
  )
}

const Key = ({ leftOff }: { leftOff: number }) => (
  <p className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-t px-4 py-2 text-ink-3 text-xs">
    <span className="inline-flex items-center gap-1.5">
      <span className="size-3 rounded-sm" style={{ background: background(-1) }} /> half of the day before
    </span>
    <span className="inline-flex items-center gap-1.5">
      <span className="size-3 rounded-sm" style={{ background: background(1) }} /> twice the day before
    </span>
    <span>“new”: nothing a day before</span>
    {leftOff > 0 && <span>{leftOff} older versions left off</span>}
  </p>
)
