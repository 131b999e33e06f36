import { expect, it } from "vitest"
import { toCommand } from "./report.ts"
import { check } from "./run.ts"

const SECONDS = 25

it("every promise holds while services and PostgreSQL are killed, stopped and cut off", async () => {
  const asked = { seed: String(Date.now() % 1_000_000_000), seconds: SECONDS }
  const said: string[] = []
  const { faults, counts, kept } = await check({
    ...asked,
    say: (line) => void said.push(line),
    signal: new AbortController().signal,
  })
  expect(faults, [`${toCommand(asked)}; kept in ${kept}`, ...said].join("\n")).toEqual([])
  expect(counts.acked).toBeGreaterThan(100)
  expect(counts.blows).toBeGreaterThan(10)
  expect(counts).toMatchObject({ unknown: 0 })
}, 240_000)
