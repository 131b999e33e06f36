import fc from "fast-check"
import { expect, it } from "vitest"
import { FrameError, FrameReader, parseFrame, toFrame } from "./frame.ts"
import { COMMAND, NOTIFY } from "./ops.ts"

const frames = fc.record({
  op: fc.oneof(fc.integer({ min: 1, max: 65 }), fc.constantFrom(NOTIFY, COMMAND)),
  id: fc.nat(2 ** 31),
  body: fc.uint8Array({ maxLength: 300 }),
})
const isPush = (op: number) => op === NOTIFY || op === COMMAND

it("frames come out of a stream as they went in, however it is cut and however often the reading stops", () => {
  fc.assert(
    fc.property(
      fc.array(frames, { maxLength: 20 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 97 })),
      (all, cuts) => {
        const stream = Buffer.concat(all.map(({ op, id, body }) => toFrame(op, id, body, true)))
        const reader = new FrameReader(1_000)
        const read: { op: number; id: number; body: number[] }[] = []
        const take = (frame: { op: number; id: number; body: Uint8Array }): boolean => {
          read.push({ ...frame, body: [...frame.body] })
          return read.length % 3 !== 0
        }
        for (let at = 0; at < stream.length; ) {
          const end = at + (cuts.next().value as number)
          reader.push(stream.subarray(at, end), take)
          at = end
        }
        for (let before = -1; before !== read.length; ) {
          before = read.length
          reader.push(new Uint8Array(0), take)
        }
        expect(reader.held).toBe(0)
        expect(read).toEqual(all.map(({ op, id, body }) => ({ op, id: isPush(op) ? 0 : id, body: [...body] })))
      },
    ),
  )
})

it("random bytes are frames, or a FrameError, and never more memory than was given", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (chunks) => {
      const reader = new FrameReader(100)
      let given = 0
      try {
        for (const chunk of chunks) {
          given += chunk.length
          reader.push(chunk, () => true)
          expect(reader.held).toBeLessThanOrEqual(given)
        }
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError)
      }
    }),
  )
})

it("a frame that is larger than it may be is refused by its length alone", () => {
  const reader = new FrameReader(100)
  const huge = toFrame(1, 1, new Uint8Array(101), true)
  expect(() => reader.push(huge.subarray(0, 3), () => true)).toThrow("more than the 100")
  expect(() => parseFrame(new Uint8Array(0))).toThrow("it is empty")
  expect(() => parseFrame(Uint8Array.of(99, 1))).toThrow("nothing has the number 99")
})
