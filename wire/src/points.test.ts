import fc from "fast-check"
import { expect, test } from "vitest"
import { ByteReader, WireError } from "./bytes.ts"
import { createPointGroup, decodePoints, encodePoints, growBuckets, type PointGroup, shiftPoints } from "./points.ts"
import { hasBuckets, KINDS, type Kind } from "./series.ts"

interface Row {
  id: number
  values: [number, number, number, number, number]
  buckets: [number, number][]
}

const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, 1, Number.NaN, Number.POSITIVE_INFINITY))
const row: fc.Arbitrary<Row> = fc.record({
  id: fc.nat(0xffffffff),
  values: fc.tuple(number, number, number, number, number),
  buckets: fc.array(fc.tuple(fc.integer({ min: -32_768, max: 32_767 }), fc.maxSafeNat()), { maxLength: 20 }),
})
const second = fc.nat(0xfffffff0)
const groups = fc.array(fc.tuple(fc.constantFrom(...KINDS), fc.array(row, { minLength: 1, maxLength: 30 })))

function groupOf([kind, rows]: [Kind, Row[]]): PointGroup {
  const group = createPointGroup(kind, rows.length)
  let used = 0
  for (const { id, values, buckets } of rows) {
    const at = group.length++
    group.ids[at] = id
    const columns = [group.sum, group.count, group.min, group.max, group.last]
    // A gauge that was set once has one value: it is sent once.
    const once = kind === "gauge" && values[1] === 1 ? values[4] : null
    for (const [i, column] of columns.entries())
      if (column.length > 0) column[at] = i === 1 ? values[1] : (once ?? (values[i] as number))
    if (!hasBuckets(kind)) continue
    if (used + buckets.length > group.bucketIndex.length) growBuckets(group, used + buckets.length)
    for (const [index, count] of buckets) {
      group.bucketIndex[used] = index
      group.bucketCount[used++] = count
    }
    group.bucketStart[at + 1] = used
  }
  return group
}

/** Rows in use only, for the spare room of buckets differs. */
function plain(group: PointGroup): unknown {
  const used = group.bucketStart[group.length] ?? 0
  const { kind, ids, count, sum, min, max, last, bucketStart } = group
  const buckets = [group.bucketIndex.slice(0, used), group.bucketCount.slice(0, used)]
  return { kind, ids, count, sum, min, max, last, bucketStart, buckets }
}

function decode(bytes: Uint8Array): { seconds: number[]; groups: unknown[] } {
  const found = { seconds: [] as number[], groups: [] as unknown[] }
  decodePoints(bytes, (at, group) => {
    found.seconds.push(at)
    found.groups.push(plain(group))
  })
  return found
}

test("points come back as they were, bit by bit", () => {
  fc.assert(
    fc.property(second, groups, (at, given) => {
      const sent = given.map(groupOf)
      const found = decode(encodePoints(at, sent))
      expect(found.groups).toEqual(sent.map(plain))
      for (const one of found.seconds) expect(one).toBe(at)
    }),
  )
})

test("a gauge that was set once an interval needs one column only", () => {
  const value = [7.5, 1, 7.5, 7.5, 7.5] as Row["values"]
  const once = groupOf(["gauge", [{ id: 1, values: value, buckets: [] }]])
  const twice = groupOf(["gauge", [{ id: 1, values: [15, 2, 7.5, 7.5, 7.5], buckets: [] }]])
  expect(encodePoints(0, [once]).length).toBeLessThan(encodePoints(0, [twice]).length - 16)
  expect(decode(encodePoints(0, [once])).groups).toEqual([plain(once)])
})

test("shifted points are the same points at another second", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.integer({ min: -1_000, max: 100_000 }), groups, (at, shift, given) => {
      const sent = given.map(groupOf)
      const later = Math.max(0, at + shift)
      expect(shiftPoints(encodePoints(at, sent), later - at)).toEqual(encodePoints(later, sent))
    }),
  )
})

test("cut, altered or random bytes throw WireError or nothing", () => {
  const attempt = (bytes: Uint8Array): void => {
    try {
      decodePoints(bytes, () => {})
    } catch (error) {
      expect(error).toBeInstanceOf(WireError)
    }
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), attempt), { numRuns: 1_000 })
  fc.assert(
    fc.property(groups, fc.nat(), fc.nat(255), (given, place, byte) => {
      const bytes = encodePoints(1, given.map(groupOf))
      const at = place % bytes.length
      expect(() => decodePoints(bytes.subarray(0, at), () => {})).toThrow(WireError)
      bytes[at] = byte
      attempt(bytes)
    }),
  )
})

test("a second beyond 32 bits is refused", () => {
  expect(() => decode(encodePoints(2 ** 32, []))).toThrow(WireError)
  expect(new ByteReader(encodePoints(5, [])).varint()).toBe(5)
})
