/** Lines of one panel by their name: a value for each x. */
export interface Panel {
  title: string
  y: string
  most: number
  lines: Readonly<Record<string, readonly number[]>>
  /** What could be reached at best. */
  best: readonly number[]
}

const WIDTH = 460
const HEIGHT = 300
const LEFT = 52
const TOP = 44
const COLOURS: Readonly<Record<string, string>> = {
  dagor: "#0b62d0",
  codel: "#c2571a",
  random: "#6b8e23",
  none: "#a3264b",
}

/** Panels in two columns as one SVG; `x` are the loads, in times the capacity. */
export function toPicture(x: readonly number[], panels: readonly Panel[]): string {
  const rows = Math.ceil(panels.length / 2)
  const parts = panels.map((panel, i) => {
    const move = `translate(${(i % 2) * (WIDTH + 20)} ${Math.floor(i / 2) * (HEIGHT + 20)})`
    return `<g transform="${move}">${toPanel(x, panel)}</g>`
  })
  const size = `width="${2 * WIDTH + 20}" height="${rows * (HEIGHT + 20)}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="12" fill="#222">
<rect width="100%" height="100%" fill="#fff"/>
${parts.join("\n")}
</svg>
`
}

function toPanel(x: readonly number[], { title, y, most, lines, best }: Panel): string {
  const last = x[x.length - 1] as number
  const atX = (value: number): number => LEFT + ((WIDTH - LEFT - 90) * value) / last
  const atY = (value: number): number => HEIGHT - 40 - ((HEIGHT - 40 - TOP) * value) / most
  const path = (values: readonly number[]): string =>
    values.map((value, i) => `${atX(x[i] as number).toFixed(1)},${atY(value).toFixed(1)}`).join(" ")
  const grid = Array.from({ length: 6 }, (_, i) => (most * i) / 5).map(
    (value) =>
      `<line x1="${LEFT}" x2="${atX(last)}" y1="${atY(value)}" y2="${atY(value)}" stroke="#ddd"/><text x="${LEFT - 8}" y="${atY(value) + 4}" text-anchor="end">${Math.round(value * 100)} %</text>`,
  )
  const ticks = x
    .filter((value) => Number.isInteger(value))
    .map((value) => `<text x="${atX(value)}" y="${HEIGHT - 22}" text-anchor="middle">${value} ×</text>`)
  const names = spread(
    Object.entries(lines).map(([name, values]) => ({ name, at: atY(values[values.length - 1] as number) })),
  )
  const drawn = Object.entries(lines).map(
    ([name, values]) =>
      `<polyline points="${path(values)}" fill="none" stroke="${COLOURS[name]}" stroke-width="2"/><text x="${atX(last) + 8}" y="${(names.get(name) as number) + 4}" fill="${COLOURS[name]}">${name}</text>`,
  )
  return `<text x="${LEFT}" y="18" font-size="14" font-weight="bold">${title}</text><text x="${LEFT}" y="34" fill="#666">${y}</text>
${grid.join("")}${ticks.join("")}<text x="${atX(last)}" y="${HEIGHT - 6}" text-anchor="end" fill="#666">load, times the capacity</text>
<polyline points="${path(best)}" fill="none" stroke="#999" stroke-dasharray="4 4"/>
${drawn.join("\n")}`
}

/** Names at the ends of lines that end close together stand below each other. */
function spread(names: { name: string; at: number }[]): Map<string, number> {
  let before = Number.NEGATIVE_INFINITY
  const placed = new Map<string, number>()
  for (const { name, at } of names.sort((a, b) => a.at - b.at)) {
    before = Math.max(at, before + 14)
    placed.set(name, before)
  }
  return placed
}
