import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"

const DETECT = fileURLToPath(new URL("../../bin/detect.mjs", import.meta.url))

/** Runs the built detector over lines; what it answered, what it complained of, and how it ended. */
async function run(lines: readonly string[]): Promise<{ answers: string[]; complaint: string; code: number }> {
  const child = spawn(process.execPath, [DETECT], { stdio: ["pipe", "pipe", "pipe"] })
  const out: Buffer[] = []
  const complaints: Buffer[] = []
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk))
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk))
  child.stdin.on("error", () => undefined) // it ends at the first bad line, with others unread
  child.stdin.end(`${lines.join("\n")}\n`)
  const [code] = (await once(child, "close")) as [number]
  const answers = Buffer.concat(out).toString().split("\n").filter(Boolean)
  return { answers, complaint: Buffer.concat(complaints).toString(), code }
}

const point = (series: string, i: number, v: number) =>
  JSON.stringify({ series, step_s: 60, t: 1_700_000_040 + i * 60, v })

test("each point of each series is answered in order, and a fall to nothing is an alarm once", async () => {
  const lines = Array.from({ length: 3_000 }, (_, i) => [
    point("a", i, i < 2_990 ? 100 + (i % 7) : 0),
    point("b", i, 5 + (i % 3)),
  ])
  const { answers, code } = await run([...lines.flat(), JSON.stringify({ series: "a", end: true })])
  expect(code).toBe(0)
  const read = answers.map((line) => JSON.parse(line) as { series: string; t: number; score: number; alarm: boolean })
  expect(read.map(({ series }) => series).slice(0, 4)).toEqual(["a", "b", "a", "b"])
  expect(read).toHaveLength(6_000)
  expect(read.every(({ score }) => score >= 0 && score <= 1)).toBe(true)
  expect(read.filter(({ alarm }) => alarm)).toEqual([
    { series: "a", t: 1_700_000_040 + 2_990 * 60, score: expect.any(Number), alarm: true },
  ])
})

test.each([
  ["{", "cannot read line 2: "],
  ['{"series":"a","step_s":60,"t":1,"v":"many"}', "cannot read line 2: `v` is no number"],
  ['{"series":"a","step_s":0,"t":1,"v":1}', "cannot read line 2: `step_s` is no number above 0"],
])("a bad line %s ends it with what is wrong", async (line, complaint) => {
  const result = await run([point("a", 0, 1), line, point("a", 1, 1)])
  expect(result.code).toBe(2)
  expect(result.complaint).toContain(complaint)
})
