import { expect, it } from "vitest"
import type { Outcome } from "./points.ts"
import { LOST_MS, Way } from "./way.ts"

function startWay() {
  const seen = {
    outcomes: [] as Outcome[],
    accepted: [] as number[],
    delivered: [] as number[],
    repeated: 0,
    disordered: 0,
  }
  const way = new Way("run", {
    outcome: (outcome) => seen.outcomes.push(outcome),
    accepted: (ms) => seen.accepted.push(ms),
    delivered: (ms) => seen.delivered.push(ms),
    repeated: () => seen.repeated++,
    disordered: () => seen.disordered++,
  })
  const texts: string[] = []
  const write = (at: number) =>
    way.write(at, async (text) => {
      texts.push(text)
      return { clientId: 100 + texts.length }
    })
  return { way, seen, texts, write }
}

it("tells how long acknowledgement and delivery took", async () => {
  const { way, seen, texts, write } = startWay()
  await write(1_000)
  way.accepted(101, 1_020)
  way.seen(texts[0] as string, 1_050)
  await write(2_000)
  way.seen(texts[1] as string, 2_010)
  way.accepted(102, 2_040)
  expect(seen).toMatchObject({ outcomes: ["arrived", "arrived"], accepted: [20, 40], delivered: [50, 10] })
  expect(seen).toMatchObject({ repeated: 0, disordered: 0 })
  expect(way.waiting).toBe(0)
})

it("a message that is not there in time is lost once, and late when it comes after all", async () => {
  const { way, seen, texts, write } = startWay()
  await write(0)
  way.look(LOST_MS - 1)
  expect(seen.outcomes).toEqual([])
  way.look(LOST_MS)
  way.look(LOST_MS + 1)
  expect(seen.outcomes).toEqual(["lost"])
  way.seen(texts[0] as string, LOST_MS + 500)
  expect(seen).toMatchObject({ outcomes: ["lost", "late"], delivered: [LOST_MS + 500] })
})

it("what comes twice, or after a later one, is told", async () => {
  const { way, seen, texts, write } = startWay()
  for (const at of [0, 1, 2]) await write(at)
  for (const text of [texts[0], texts[0], texts[2], texts[1]]) way.seen(text as string, 10)
  expect(seen).toMatchObject({ repeated: 1, disordered: 1, outcomes: ["arrived", "arrived", "arrived"] })
})

it("what is none of its own is not judged, and what never comes is forgotten in the end", async () => {
  const { way, seen, write } = startWay()
  await write(0)
  for (const text of ["hello", "probe other 1", "probe run x", ""]) way.seen(text, 5)
  way.look(3_600_000)
  expect(seen).toMatchObject({ outcomes: ["lost"], repeated: 0 })
  expect(way.waiting).toBe(0)
})
