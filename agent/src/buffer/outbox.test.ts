import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { decodeFrame, encodePoints } from "@ossagent/wire"
import fc from "fast-check"
import { afterAll, expect, test } from "vitest"
import { Outbox, type Pending } from "./outbox.ts"
import { Spool } from "./spool.ts"

const root = mkdtempSync(join(tmpdir(), "ossagent-spool-"))
afterAll(() => rmSync(root, { recursive: true }))
let directories = 0
const directory = (): string => join(root, String(++directories))
const AGENT = "0123456789abcdef0123456789abcdef"
const frame = (count: number, bytes = 1_000): Omit<Pending, "sequence"> => ({
  second: 0,
  points: new Uint8Array(bytes),
  named: [],
  cells: [],
  items: [],
  count,
})

test("in = out + dropped + inside, whatever comes and goes", () => {
  const step = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constantFrom("done" as const, "drop" as const))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const outbox = new Outbox(AGENT, 1, 6_000, null)
      let [taken, sent] = [0, 0]
      for (const one of steps) {
        const first = outbox.first()
        if (typeof one === "number") {
          outbox.add(frame(one))
          taken += one
        } else if (first !== undefined) {
          outbox[one](first)
          if (one === "done") sent += first.count
        }
      }
      const { memory_full, refused, spool_full } = outbox.dropped
      outbox.spillAll()
      const inside = outbox.dropped.memory_full - memory_full
      expect(sent + memory_full + refused + spool_full + inside).toBe(taken)
      expect(outbox.bytes).toBe(0)
    }),
  )
})

test("without a spool the oldest frames over the bound are dropped and counted", () => {
  const outbox = new Outbox(AGENT, 1, 4_000, null)
  for (let i = 1; i <= 10; i++) outbox.add(frame(i))
  expect(outbox.length).toBe(3)
  expect(outbox.first()?.sequence).toBe(8)
  expect(outbox.dropped).toEqual({ memory_full: 28, spool_full: 0, spool_failed: 0, refused: 0 })
  expect(outbox.bytes).toBeLessThanOrEqual(4_000)
})

test("with a spool they go there, self-contained and under their own number", () => {
  const spool = new Spool(directory(), 1e6)
  const outbox = new Outbox(AGENT, 7, 4_000, spool)
  for (let i = 1; i <= 10; i++)
    outbox.add({ ...frame(i), points: encodePoints(i, []), items: [{ type: 3, body: new Uint8Array(1_000) }] })
  const { header } = decodeFrame((spool.first() as { bytes: Uint8Array }).bytes)
  expect(header).toEqual({ agent: AGENT, epoch: 7, sequence: 1, selfContained: true })
  expect(spool.length + outbox.length).toBe(10)
  expect(outbox.dropped).toEqual({ memory_full: 0, spool_full: 0, spool_failed: 0, refused: 0 })
})

test("what one process spooled is found by the next, oldest first", () => {
  const path = directory()
  const before = new Spool(path, 1e6)
  for (let i = 1; i <= 3; i++) before.add(new Uint8Array([i]), i * 10)
  const after = new Spool(path, 1e6)
  const found: number[] = []
  for (let one = after.first(); one !== null; one = after.first()) {
    found.push(one.count, ...one.bytes)
    one.done()
  }
  expect(found).toEqual([10, 1, 20, 2, 30, 3])
  expect(readdirSync(path)).toEqual([])
  expect(after.bytes).toBe(0)
})

test("a full spool drops its oldest frames and says how many points they held", () => {
  const spool = new Spool(directory(), 2_500)
  expect([5, 6, 7, 8].map((count) => spool.add(new Uint8Array(1_000), count))).toEqual([0, 0, 5, 6])
  expect(spool.first()?.count).toBe(7)
})

test("a disk that cannot be written drops the frame, says so, and is tried again", () => {
  const path = directory()
  writeFileSync(path, "a file stands where the directory should be")
  const spool = new Spool(path, 1e6)
  expect(spool.add(new Uint8Array(10), 4)).toBe(4)
  expect(spool.failure).toMatch(/^cannot write the spool/)
  expect(spool.first()).toBeNull()
  rmSync(path)
  expect(spool.add(new Uint8Array(10), 4)).toBe(0)
  expect(spool.failure).toBeNull()
})

test("a spooled frame that was taken away is passed over", () => {
  const path = directory()
  const spool = new Spool(path, 1e6)
  spool.add(new Uint8Array(1), 1)
  spool.add(new Uint8Array(1), 2)
  rmSync(join(path, readdirSync(path).sort()[0] as string))
  expect(spool.first()?.count).toBe(2)
  expect(spool.bytes).toBe(1)
})
