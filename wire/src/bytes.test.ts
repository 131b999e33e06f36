import fc from "fast-check"
import { expect, test } from "vitest"
import { ByteReader, ByteWriter, WireError } from "./bytes.ts"

const wholeNumber = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 127, 128, 0x7fffffff, 0x80000000, 2 ** 53 - 1))
const halfSafe = fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 })

test("every whole number up to 2^53 comes back from a varint", () => {
  fc.assert(
    fc.property(wholeNumber, (value) => {
      const out = new ByteWriter(1)
      out.varint(value)
      const reader = new ByteReader(out.take())
      expect(reader.varint()).toBe(value)
      expect(reader.left).toBe(0)
    }),
  )
})

test("signed numbers, doubles and texts come back in order", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(halfSafe, fc.double(), fc.string({ unit: "grapheme" }))), (rows) => {
      const out = new ByteWriter(1)
      for (const [whole, real, text] of rows) {
        out.zigzag(whole)
        out.double(real)
        out.text(text)
      }
      const reader = new ByteReader(out.take())
      const read = rows.map(() => [reader.zigzag(), reader.double(), reader.text()])
      expect(read).toEqual(rows)
      expect(reader.left).toBe(0)
    }),
  )
})

test("a number beyond 2^53 is refused", () => {
  expect(() => new ByteReader(new Uint8Array(9).fill(255)).varint()).toThrow(WireError)
})

test("a count that the rest cannot hold is refused before anything is allocated", () => {
  const out = new ByteWriter()
  out.varint(1_000_000_000)
  expect(() => new ByteReader(out.take()).count(2)).toThrow(WireError)
})

test("random bytes read as anything throw WireError or nothing", () => {
  const reads = ["byte", "varint", "zigzag", "double", "text", "count"] as const
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.constantFrom(...reads)), (bytes, calls) => {
      const reader = new ByteReader(bytes)
      try {
        for (const call of calls) reader[call]()
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
      }
      expect(reader.at).toBeLessThanOrEqual(bytes.length)
    }),
  )
})
