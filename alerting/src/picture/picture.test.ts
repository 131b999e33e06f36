import { expect, test } from "vitest"
import { toChartSvg } from "./chart.ts"
import { renderPng } from "./render.ts"
import { formatSeconds, formatValue } from "./units.ts"

const t = Array.from({ length: 60 }, (_, i) => 1_700_000_000_000 + i * 60_000)
const input = {
  title: 'a <b> & "c"\u0000',
  subtitle: "m (rate)",
  unit: "{order}",
  stat: "rate",
  t,
  values: t.map((_, i) => (i === 30 ? null : i)),
  lower: null,
  upper: 40,
  startedAt: t[50] ?? 0,
}

test("a chart is a PNG with its own font, light and of the stated size", async () => {
  const png = await renderPng(toChartSvg(input))
  expect(png.subarray(1, 4).toString()).toBe("PNG")
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1_440, 600])
  const blank = await renderPng(toChartSvg({ ...input, title: "", subtitle: "" }))
  expect(png.equals(blank)).toBe(false)
})

test("a chart states its threshold, start and time zone, and takes names as text", () => {
  const svg = toChartSvg(input)
  expect(svg).toContain("a &lt;b&gt; &amp; &quot;c&quot; ")
  for (const word of ["threshold", ">alarm<", "time in UTC"]) expect(svg).toContain(word)
})

test.each([
  [[], []],
  [[5], [null]],
  [
    [5, 5],
    [0, 0],
  ],
])("a chart of nothing much is still a chart", async (at, values) => {
  const svg = toChartSvg({ ...input, t: at as number[], values: values as (number | null)[], upper: null })
  expect(svg).not.toMatch(/NaN|Infinity/)
  await renderPng(svg)
})

test("figures are told with their unit", () => {
  expect(formatValue(0.934, "1", "avg")).toBe("93.4 %")
  expect(formatValue(1_610_612_736, "By", "avg")).toBe("1.5 GiB")
  expect(formatValue(512.4, "ms", "p99")).toBe("512 ms")
  expect(formatValue(12.345, "{order}", "rate")).toBe("12.3 order/s")
  expect(formatValue(180, "ms", "count")).toBe("180")
  expect(formatValue(null, "ms", "p99")).toBe("nothing")
  expect([34, 600, 9_000].map(formatSeconds)).toEqual(["34 s", "10 min", "2.5 h"])
})
