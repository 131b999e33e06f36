import { type ScaleLinear, type ScaleTime, scaleLinear, scaleUtc } from "d3-scale"
import { line } from "d3-shape"
import { formatValue } from "./units.ts"

export interface ChartInput {
  title: string
  subtitle: string
  unit: string
  stat: string
  /** Unix ms of each step, oldest first, and as many values; null where nothing was recorded. */
  t: number[]
  values: (number | null)[]
  /** What was expected: a threshold (one of them) or a band (both); null for none. */
  lower: number | null
  upper: number | null
  /** Marked as the alarm's start; Unix ms. */
  startedAt: number
}

const WIDTH = 720
const HEIGHT = 300
const PLOT = { left: 76, right: WIDTH - 20, top: 58, bottom: HEIGHT - 46 }
const INK = "#1f2933"
const FAINT = "#5f6b7a"
const BLUE = "#2563eb"
const RED = "#c2261f"

type X = ScaleTime<number, number>
type Y = ScaleLinear<number, number>

/** The chart of one alarm as SVG text; times are UTC and say so. */
export function toChartSvg(input: ChartInput): string {
  const x = scaleUtc()
    .domain([input.t[0] ?? 0, input.t.at(-1) ?? 1])
    .range([PLOT.left, PLOT.right])
  const y = scaleLinear().domain(toExtent(input)).nice(5).range([PLOT.bottom, PLOT.top])
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="DejaVu Sans" font-size="11">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(16, 24, clip(input.title, 84), `font-size="14" font-weight="bold" fill="${INK}"`),
    text(16, 42, clip(input.subtitle, 110), `fill="${FAINT}"`),
    drawAxes(x, y, input),
    drawExpected(y, input),
    drawSeries(x, y, input),
    drawStart(x, input.startedAt),
    "</svg>",
  ].join("\n")
}

function toExtent({ values, lower, upper }: ChartInput): [number, number] {
  const all = [...values, lower, upper].filter((v): v is number => v !== null && Number.isFinite(v))
  const low = Math.min(0, ...all)
  const high = Math.max(...all, low)
  return high === low ? [low, low + 1] : [low, high + (high - low) * 0.05]
}

function drawAxes(x: X, y: Y, { unit, stat }: ChartInput): string {
  const rows = y.ticks(5).map((tick) => {
    const at = y(tick)
    const grid = `<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${at}" y2="${at}" stroke="#e4e7eb"/>`
    return grid + text(PLOT.left - 8, at + 4, formatTick(tick, unit, stat), `text-anchor="end" fill="${FAINT}"`)
  })
  const columns = x.ticks(8).map((tick) => {
    const clock = tick.toISOString().slice(11, tick.getUTCSeconds() > 0 ? 19 : 16)
    return text(x(tick), PLOT.bottom + 18, clock, `text-anchor="middle" fill="${FAINT}"`)
  })
  const zone = text(PLOT.right, HEIGHT - 10, "time in UTC", `text-anchor="end" fill="${FAINT}"`)
  return [...rows, ...columns, zone].join("")
}

function drawExpected(y: Y, { lower, upper }: ChartInput): string {
  const width = PLOT.right - PLOT.left
  if (lower !== null && upper !== null) {
    const band = `x="${PLOT.left}" y="${y(upper)}" width="${width}" height="${Math.max(1, y(lower) - y(upper))}"`
    const label = text(PLOT.left + 6, y(upper) - 5, "expected when it fired", `fill="${FAINT}"`)
    return `<rect ${band} fill="${BLUE}" fill-opacity="0.12"/>${label}`
  }
  const limit = upper ?? lower
  if (limit === null) return ""
  const rule = `<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(limit)}" y2="${y(limit)}"`
  const label = text(PLOT.left + 6, y(limit) - 5, "threshold", `fill="${RED}"`)
  return `${rule} stroke="${RED}" stroke-dasharray="6 4"/>${label}`
}

function drawSeries(x: X, y: Y, { t, values }: ChartInput): string {
  const points = t.map((at, i) => ({ at, value: values[i] ?? null }))
  const known = (point: (typeof points)[number]) => point.value !== null
  const px = (point: (typeof points)[number]) => x(point.at)
  const py = (point: (typeof points)[number]) => y(point.value ?? 0)
  const stroke = line<(typeof points)[number]>().defined(known).x(px).y(py)(points) ?? ""
  const lonely = points
    .filter((point, i) => known(point) && !isKnown(values[i - 1]) && !isKnown(values[i + 1]))
    .map((point) => `<circle cx="${px(point)}" cy="${py(point)}" r="2" fill="${BLUE}"/>`)
  return `<path d="${stroke}" fill="none" stroke="${BLUE}" stroke-width="1.6"/>${lonely.join("")}`
}

const isKnown = (value: number | null | undefined): boolean => value !== null && value !== undefined

function drawStart(x: X, at: number): string {
  const [from, to] = x.domain() as [Date, Date]
  if (at < from.getTime() || at > to.getTime()) return ""
  const px = x(at)
  const anchor = px > PLOT.right - 60 ? `text-anchor="end"` : `text-anchor="start"`
  const mark = `<line x1="${px}" x2="${px}" y1="${PLOT.top}" y2="${PLOT.bottom}" stroke="${RED}" stroke-width="1.4"/>`
  return mark + text(px + (px > PLOT.right - 60 ? -4 : 4), PLOT.top + 10, "alarm", `${anchor} fill="${RED}"`)
}

const clip = (line: string, most: number): string => (line.length > most ? `${line.slice(0, most - 1)}…` : line)

/** Names of things are too long for an axis: they stand in the subtitle. */
const formatTick = (value: number, unit: string, stat: string): string =>
  formatValue(value, unit.startsWith("{") || unit.length > 3 ? "" : unit, stat)

const text = (x: number, y: number, content: string, attributes: string): string =>
  `<text x="${x}" y="${y}" ${attributes}>${escapeXml(content)}</text>`

/** Names come from whoever sends metrics: they are text, never markup, and control characters are not allowed in XML. */
function escapeXml(content: string): string {
  return content
    .replace(/[^\P{Cc}\n]/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
}
