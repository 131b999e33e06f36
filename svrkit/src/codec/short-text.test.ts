import fc from "fast-check"
import { expect, it } from "vitest"
import { tryShortText } from "./short-text.ts"

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const expected = (bytes: Uint8Array): string | null => {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

it("short text reads as the platform's strict decoder does, for text and for any bytes", () => {
  const text = fc.string({ unit: "binary", maxLength: 12 }).map((one) => new TextEncoder().encode(one))
  const nearText = fc.tuple(text, fc.nat(), fc.integer({ min: 128, max: 255 })).map(([bytes, at, byte]) => {
    if (bytes.length > 0) bytes[at % bytes.length] = byte
    return bytes
  })
  fc.assert(
    fc.property(fc.oneof(text, nearText, fc.uint8Array({ maxLength: 20 })), (bytes) => {
      expect(tryShortText(bytes, 0, bytes.length)).toBe(expected(bytes))
    }),
    { numRuns: 1_000 },
  )
})
