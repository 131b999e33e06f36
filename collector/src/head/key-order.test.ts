import type { Series } from "@ossagent/wire"
import fc from "fast-check"
import { expect, it } from "vitest"
import { KeyOrder } from "./key-order.ts"
import { COLUMNS, Registry } from "./registry.ts"

const name = fc.constantFrom("a", "b", "ab", "B", "ä", "10", "9", "")
const series: fc.Arbitrary<Series> = fc.record({
  metric: name,
  service: name,
  subsystem: name,
  version: name,
  host: name,
  kind: fc.constant("counter" as const),
  unit: fc.constant(""),
  labels: fc.dictionary(fc.constantFrom("x", "y", "z"), name),
})

function compare(a: Series, b: Series): number {
  for (const column of COLUMNS) if (a[column] !== b[column]) return a[column] < b[column] ? -1 : 1
  const [left, right] = [a, b].map(({ labels }) => Object.entries(labels).sort().flat()) as [string[], string[]]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return (left[i] as string) < (right[i] as string) ? -1 : 1
  }
  return left.length - right.length
}

it("puts rows into the order of the tables' key, also as further series come", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(series, { maxLength: 20 }), { maxLength: 4 }), async (waves) => {
      const registry = new Registry(1)
      const order = new KeyOrder(registry)
      for (const wave of waves) {
        for (const one of wave) registry.add(one, 1)
        const slots = Uint32Array.from([...registry].reverse())
        const rows = await order.sort(slots, slots.length)
        expect([...rows].sort((a, b) => a - b)).toEqual([...slots.keys()])
        const sorted = [...rows].map((row) => registry.series(slots[row] as number))
        expect(sorted).toEqual([...sorted].sort(compare))
      }
    }),
  )
})
