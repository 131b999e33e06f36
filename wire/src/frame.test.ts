import fc from "fast-check"
import { expect, test } from "vitest"
import { WireError } from "./bytes.ts"
import { decodeFrame, decodeNames, encodeFrame, encodeNames, type NamedSeries } from "./frame.ts"
import { KINDS, seriesKey } from "./series.ts"

const text = fc.string({ unit: "grapheme", maxLength: 20 })
const label = fc.constantFrom("route", "method", "status", "größe", "地区")
const named: fc.Arbitrary<NamedSeries[]> = fc.array(
  fc.record({
    id: fc.nat(0xffffffff),
    series: fc.record({
      service: text,
      subsystem: text,
      version: text,
      host: text,
      metric: text,
      kind: fc.constantFrom(...KINDS),
      unit: text,
      labels: fc.dictionary(label, text, { maxKeys: 5, noNullPrototype: true }),
    }),
  }),
)
const header = fc.record({
  agent: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString("hex")),
  epoch: fc.maxSafeNat(),
  sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  selfContained: fc.boolean(),
})
const sections = fc.array(fc.record({ type: fc.nat(255), body: fc.uint8Array({ maxLength: 300 }) }), { maxLength: 5 })

test("names come back as they were", () => {
  fc.assert(
    fc.property(named, (series) => {
      expect(decodeNames(encodeNames(series))).toEqual(series)
    }),
  )
})

test("frames come back as they were, with sections of unknown types", () => {
  fc.assert(
    fc.property(header, sections, (head, parts) => {
      expect(decodeFrame(encodeFrame(head, parts))).toEqual({ header: head, sections: parts })
    }),
  )
})

test("cut or random bytes throw WireError or nothing", () => {
  const attempt = (decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void => {
    try {
      decode(bytes)
    } catch (error) {
      expect(error).toBeInstanceOf(WireError)
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      attempt(decodeNames, bytes)
      attempt(decodeFrame, bytes)
    }),
    { numRuns: 1_000 },
  )
  fc.assert(
    fc.property(named, header, sections, fc.nat(), (series, head, parts, place) => {
      const [names, frame] = [encodeNames(series), encodeFrame(head, parts)]
      attempt(decodeFrame, frame.subarray(0, place % frame.length))
      expect(() => decodeNames(names.subarray(0, place % names.length))).toThrow(WireError)
    }),
  )
})

test("a series has one key, whatever the order of its labels", () => {
  const base = {
    service: "s",
    subsystem: "m",
    version: "1",
    host: "h",
    metric: "x",
    kind: "counter",
    unit: "",
  } as const
  const one = seriesKey({ ...base, labels: { a: "1", b: "2" } })
  expect(seriesKey({ ...base, labels: { b: "2", a: "1" } })).toBe(one)
  expect(seriesKey({ ...base, labels: { a: "1", b: "3" } })).not.toBe(one)
  expect(seriesKey({ ...base, kind: "gauge", labels: { a: "1", b: "2" } })).not.toBe(one)
})
