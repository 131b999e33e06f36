import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { FrameError, FrameReader } from "./frame.ts"

const MOST = 300
const frameOf = ({ kind, body }: { kind: number; body: Uint8Array }): Buffer => {
  const bytes = Buffer.alloc(5 + body.length)
  bytes.writeUInt32LE(body.length + 1)
  bytes[4] = kind
  bytes.set(body, 5)
  return bytes
}
const frames = fc.array(
  fc.record({ kind: fc.integer({ min: 0, max: 255 }), body: fc.uint8Array({ maxLength: 200 }) }),
  { maxLength: 12 },
)

/** Cuts bytes at the given places. */
const pieces = (bytes: Buffer, cuts: number[]): Buffer[] => {
  const at = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end))
}

describe("a frame reader", () => {
  it("gives the frames that were sent, however their bytes are cut", () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(), { maxLength: 30 }), (sent, cuts) => {
        const got: { kind: number; body: Uint8Array }[] = []
        const reader = new FrameReader(MOST, (kind, bytes, from, to) =>
          got.push({ kind, body: Uint8Array.from(bytes.subarray(from, to)) }),
        )
        for (const piece of pieces(Buffer.concat(sent.map(frameOf)), cuts)) reader.push(piece)
        expect(got).toEqual(sent)
      }),
    )
  })

  it("takes any bytes or says that they are no frame", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 }), (chunks) => {
        const reader = new FrameReader(MOST, (_kind, _bytes, from, to) => expect(to - from).toBeLessThan(MOST))
        try {
          for (const chunk of chunks) reader.push(Buffer.from(chunk))
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError)
        }
      }),
    )
  })

  it("refuses an oversize and an empty frame at their fourth byte", () => {
    const take = (): void => expect.unreachable()
    expect(() => new FrameReader(MOST, take).push(Buffer.from([45, 1, 0, 0]))).toThrow(
      "cannot read a frame: 301 bytes, at most 300 are taken",
    )
    expect(() => new FrameReader(MOST, take).push(Buffer.from([0, 0, 0, 0]))).toThrow("its length is 0")
  })
})
