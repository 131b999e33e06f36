"use client"
import type { Values } from "@ossagent/wire"
import { memo, type ReactNode, useMemo } from "react"
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line as RechartsLine,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts"
import { axisTicks, extentOf } from "../number/axis.ts"
import { formatValue, type ShownStat } from "../number/unit.ts"
import { useReleaseMarks } from "../release/use-release-marks.ts"
import { formatTick, ticksOf } from "../time/clock.ts"
import { useZone } from "../time/provider.tsx"
import { Band, type Expected } from "./band.tsx"
import { useDrag } from "./drag.tsx"
import type { Line, Row } from "./lines.ts"
import { type Mark, toDrawn } from "./marks.ts"
import { ChartTooltip, shadeOf } from "./tooltip.tsx"

interface TimeChartProps {
  rows: readonly Row[]
  lines: readonly Line[]
  unit: string
  stat: ShownStat
  from: number
  to: number
  height?: number
  label: string
  /** The line that stands out; the others step back. */
  focus?: string | null
  hidden?: ReadonlySet<string>
  /** Drawn behind the lines. */
  band?: Expected | null
  marks?: readonly Mark[]
  /** Whose releases are marked; left out: those of every service. */
  service?: string
  onZoom?: (from: number, to: number) => void
  /** Charts of one name share their crosshair. */
  syncId?: string
}

const lineColor = (line: Pick<Line, "color">): string => `var(--s${line.color})`

const MARK_COLOR = { bad: "var(--bad)", ok: "var(--ok)", plain: "var(--ink-3)" }

/** Lines over time: crosshair, tooltip, and a drag that zooms. */
export const TimeChart = memo(function TimeChart(props: TimeChartProps) {
  const { rows, lines, unit, stat, from, to, height = 180, label, focus, hidden, band, marks, syncId } = props
  const { zone } = useZone()
  const drag = useDrag(props.onZoom)
  const releases = useReleaseMarks(from, to, props.service)
  const drawn = useMemo(() => toDrawn([...(marks ?? []), ...releases], from, to), [marks, releases, from, to])
  const ticks = useMemo(() => ticksOf(from, to, height > 250 ? 9 : 5, zone), [from, to, height, zone])
  const shown = lines.filter(({ key }) => !hidden?.has(key))
  const single = shown.length === 1
  const marked = useMemo(() => {
    const limits = band ? [[band.lower, band.upper]] : []
    const { min, max } = extentOf([
      ...lines.filter(({ key }) => !hidden?.has(key)).map(({ values }) => values),
      ...limits,
    ])
    return axisTicks(min, max, { unit, count: height > 250 ? 5 : 3 })
  }, [lines, hidden, band, unit, height])
  return (
    <figure aria-label={label} className="w-full select-none" style={{ height }}>
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 320, height }}>
        <ComposedChart
          data={rows as Row[]}
          margin={{ top: 8, right: 24, bottom: 0, left: 0 }}
          syncId={syncId}
          syncMethod="value"
          {...drag.handlers}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="t"
            type="number"
            domain={[from, to]}
            ticks={ticks}
            allowDataOverflow
            tickFormatter={(at: number) => formatTick(at, to - from, zone)}
            tickLine={false}
            axisLine={{ stroke: "var(--line-strong)" }}
            minTickGap={24}
            height={24}
          />
          <YAxis
            width={62}
            tickFormatter={(value: number) => formatValue(value, unit, stat)}
            tickLine={false}
            axisLine={false}
            ticks={marked}
            domain={[marked[0] ?? 0, marked.at(-1) ?? 1]}
            interval={0}
          />
          {band && <Band {...band} low={marked[0] ?? 0} high={marked.at(-1) ?? 1} />}
          {drawn.map((mark) => (
            <ReferenceLine
              key={`${mark.at}${mark.label}`}
              x={mark.at}
              stroke={MARK_COLOR[mark.tone]}
              strokeDasharray="3 3"
              label={{ value: mark.label, position: "insideTopLeft", fontSize: 11, fill: MARK_COLOR[mark.tone] }}
            />
          ))}
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: "var(--ink-3)", strokeDasharray: "2 2" }}
            content={<ChartTooltip lines={shown} unit={unit} zone={zone} />}
            wrapperStyle={{ zIndex: 30 }}
          />
          {single && shown[0] && !shown[0].ago && (
            <Area dataKey={shown[0].key} stroke="none" fill={lineColor(shown[0])} fillOpacity={0.1} {...STILL} />
          )}
          {shown.map((line) => renderLine(line, focus ?? null))}
          {drag.area}
        </ComposedChart>
      </ResponsiveContainer>
    </figure>
  )
})

const STILL = { isAnimationActive: false, dot: false, activeDot: false, type: "linear", legendType: "none" } as const

function renderLine(line: Line, focus: string | null): ReactNode {
  const back = focus !== null && focus !== line.key
  return (
    <RechartsLine
      {...STILL}
      key={line.key}
      dataKey={line.key}
      name={line.label}
      stroke={lineColor(line)}
      strokeWidth={focus === line.key ? 2.5 : line.ago ? 1.2 : 1.6}
      strokeDasharray={line.ago === "1d" ? "6 4" : line.ago === "7d" ? "2 3" : undefined}
      strokeOpacity={back ? 0.15 : focus === line.key ? 1 : shadeOf(line) * (line.ago ? 0.75 : 1)}
      dot={
        hasLonely(line.values)
          ? ({ cx, cy, index }) => <LonelyDot key={index} cx={cx} cy={cy} index={index} line={line} />
          : false
      }
      activeDot={{ r: 3, strokeWidth: 0 }}
    />
  )
}

interface DotProps {
  cx?: number
  cy?: number
  index?: number
  line: Line
}

const isLonely = (values: Values, i: number): boolean =>
  values[i] !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null
const hasLonely = (values: Values): boolean => values.some((_, i) => isLonely(values, i))

/** A point without neighbours would draw no line and stay unseen. */
function LonelyDot({ cx, cy, index = -1, line }: DotProps) {
  if (!isLonely(line.values, index) || cx === undefined || cy === undefined) return null
  return <circle cx={cx} cy={cy} r={1.8} fill={lineColor(line)} />
}
