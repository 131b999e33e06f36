import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { createAbsenceMemory, look, loseSight } from "./absence.ts"
import { createCollectorMemory, toCollectorState } from "./collector.ts"

const settings = { absenceSec: 30, minRunSec: 20 }
const seen = (key: string, lastSec: number) => ({ key, group: { service: key }, lastAt: lastSec * 1000 })

/** Looks every 5 s; each entry tells when a key reported. */
function watch(
  untilSec: number,
  reports: (key: string, sec: number) => boolean,
  blind: (sec: number) => boolean = () => false,
) {
  const memory = createAbsenceMemory()
  const last = new Map<string, number>()
  const silent: string[] = []
  for (let sec = 0; sec <= untilSec; sec++) {
    for (const key of ["a", "b"]) if (reports(key, sec)) last.set(key, sec)
    if (sec % 5 > 0) continue
    if (blind(sec)) {
      loseSight(memory)
      continue
    }
    const found = look(
      memory,
      [...last].map(([key, at]) => seen(key, at)),
      sec * 1000,
      settings,
    )
    for (const { present, silentSec } of found.silent) silent.push(`${present.key}@${sec}:${silentSec}`)
  }
  return silent
}

describe("absence", () => {
  test("who reported and then sent nothing for 30 s is silent", () => {
    expect(watch(75, (key, sec) => key === "b" || sec <= 40)).toEqual(["a@70:30", "a@75:35"])
  })
  test("who ran for less than 20 s is not missed", () => {
    expect(watch(120, (key, sec) => key === "b" || sec <= 15)).toEqual([])
  })
  test("time in which nothing could be seen does not count as silence", () => {
    const silent = watch(
      135,
      (key, sec) => key === "b" || sec <= 40,
      (sec) => sec >= 45 && sec < 100,
    )
    expect(silent).toEqual(["a@130:90", "a@135:95"])
  })
  test("who comes back for a moment and goes again is still missed", () => {
    const silent = watch(140, (key, sec) => key === "b" || sec <= 40 || sec === 100)
    expect(silent.filter((line) => line.startsWith("a@13"))).toEqual(["a@130:30", "a@135:35"])
  })
  test("who was known before a restart is missed after it, counted from the restart", () => {
    const memory = createAbsenceMemory([{ key: "a", group: {}, runStart: 0, lastAt: 50_000, proven: true }])
    expect(look(memory, [], 100_000, settings)).toMatchObject({ silent: [], unsure: [{ key: "a" }] })
    expect(look(memory, [], 130_000, settings).silent).toHaveLength(1)
  })
  test("a clock that is set back an hour hides nobody's silence", () => {
    const memory = createAbsenceMemory()
    const hour = 3_600
    for (let sec = 0; sec <= 60; sec += 5) look(memory, [seen("a", hour + sec)], (hour + sec) * 1000, settings)
    loseSight(memory) // as the watch does when its own clock went back
    const silent: number[] = []
    for (let sec = 65; sec <= 120; sec += 5)
      silent.push(...look(memory, [], sec * 1000, settings).silent.map(({ silentSec }) => silentSec))
    expect(silent[0]).toBe(30)
  })
  test("old points of somebody unknown are nobody's run", () => {
    const memory = createAbsenceMemory()
    look(memory, [seen("a", 10)], 60_000, settings)
    expect(memory.known.size).toBe(0)
  })
  test("nobody that reports each second is ever silent, however the sight comes and goes", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 50, maxLength: 50 }), (blind) => {
        expect(
          watch(
            245,
            () => true,
            (sec) => blind[sec / 5] === true,
          ),
        ).toEqual([])
      }),
    )
  })
})

describe("the collector", () => {
  const known = { anybodyKnown: true, maxLookGapSec: 30 }
  test("that does not answer is in trouble since then, and usable as soon as it is fresh", () => {
    const memory = createCollectorMemory()
    expect(toCollectorState(memory, "fresh", 0, known)).toEqual({ usable: true, why: "answers" })
    expect(toCollectorState(memory, "none", 5_000, known)).toMatchObject({ usable: false, forSec: 0 })
    expect(toCollectorState(memory, "stale", 25_000, known)).toMatchObject({ why: "has no fresh data", forSec: 20 })
    expect(toCollectorState(memory, "fresh", 30_000, known)).toEqual({ usable: true, why: "answers" })
  })
  test("without anybody known may be empty", () => {
    const state = toCollectorState(createCollectorMemory(), "stale", 0, { ...known, anybodyKnown: false })
    expect(state).toEqual({ usable: true, why: "nothing is known yet" })
  })
  test("is not judged by a clock that was set", () => {
    const memory = createCollectorMemory()
    toCollectorState(memory, "fresh", 3_600_000, known)
    expect(toCollectorState(memory, "fresh", 5_000, known)).toMatchObject({ why: "the watch itself was away" })
    expect(toCollectorState(memory, "fresh", 10_000, known)).toEqual({ usable: true, why: "answers" })
    toCollectorState(memory, "none", 15_000, known)
    expect(toCollectorState(memory, "none", 9_000_000, known)).toMatchObject({ usable: false, forSec: 0 })
  })
  test("is not blamed for our own sleep", () => {
    const memory = createCollectorMemory()
    toCollectorState(memory, "none", 0, known)
    expect(toCollectorState(memory, "none", 600_000, known)).toMatchObject({ forSec: 0 })
    expect(toCollectorState(memory, "fresh", 1_200_000, known)).toMatchObject({
      usable: false,
      why: "the watch itself was away",
    })
  })
})
