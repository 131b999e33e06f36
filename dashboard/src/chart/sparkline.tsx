import type { Values } from "@ossagent/wire"

const WIDTH = 120
const HEIGHT = 28

/** A small line without axes: from zero, or from its own least value when it hardly moves. Decoration beside its figure. */
export function Sparkline({ values, color = "var(--s0)" }: { values: Values; color?: string }) {
  const { line, area } = toPath(values)
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="block h-7 w-full overflow-visible"
    >
      <path d={area} fill={color} opacity="0.12" />
      <path
        d={line}
        fill="none"
        stroke={color}
        strokeWidth="1.4"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}

/** SVG paths of line and area; gaps break the line. */
export function toPath(values: Values): { line: string; area: string } {
  const known = values.filter((value): value is number => value !== null)
  if (known.length === 0) return { line: "", area: "" }
  const max = Math.max(...known, 0)
  const min = Math.min(...known)
  const low = min < 0 ? min : min > max * 0.8 ? min - (max - min || max || 1) * 0.6 : 0
  const span = max - low || 1
  const x = (i: number): number => (values.length < 2 ? WIDTH : (i / (values.length - 1)) * WIDTH)
  const y = (value: number): number => HEIGHT - 1 - ((value - low) / span) * (HEIGHT - 3)
  let line = ""
  let area = ""
  let begin = -1
  values.forEach((value, i) => {
    if (value === null) return
    if (begin < 0) begin = i
    line += `${i === begin ? "M" : "L"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`
    const ends = values[i + 1] === null || i === values.length - 1
    if (!ends) return
    if (begin === i) line += `L${(x(i) + 1).toFixed(1)} ${y(value).toFixed(1)}`
    const top = values
      .slice(begin, i + 1)
      .map((v, k) => `L${x(begin + k).toFixed(1)} ${y(v ?? 0).toFixed(1)}`)
      .join("")
    area += `M${x(begin).toFixed(1)} ${HEIGHT}${top}L${x(i).toFixed(1)} ${HEIGHT}Z`
    begin = -1
  })
  return { line, area }
}
