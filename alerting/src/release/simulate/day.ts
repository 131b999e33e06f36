/** A day of releases, each through its steps as the controller would take it, in no time and without a process. */
import { judgeStep } from "../judge/judge.ts"
import { createRandom, type Random } from "./random.ts"
import { addCalls, CALLS_PER_SEC, drawCrowds, drawHeap, type Fault, type Sums, toCell, toDaily } from "./service.ts"

export interface Outcome {
  fault: Fault
  state: "done" | "rolled_back" | "held"
  /** Of users, when it ended. */
  exposure: number
  /** Since its start, s. */
  seconds: number
  why: string
}

export interface DayOptions {
  seed: number
  releases: number
  /** Faults of the day's releases, in the order of their start; further ones are good. */
  faults: readonly Fault[]
  stepSec?: number
  minSamples?: number
}

const STEPS = [0.01, 0.05, 0.2, 1]
const LOOK_SEC = 30
/** A version that crashes does so on one call in so many. */
const CALLS_A_CRASH = 5_000
/** Longer than so many of its steps none is waited for in a day of twenty releases. */
const MOST_STEPS = 3

export function simulateDay({ seed, releases, faults, ...timing }: DayOptions): Outcome[] {
  const random = createRandom(seed)
  return Array.from({ length: releases }, (_, i) =>
    simulateRelease(random, {
      fault: faults[i] ?? "none",
      hour: (24 * i) / releases,
      stepSec: 600,
      minSamples: 2_000,
      ...timing,
    }),
  )
}

const BAD: readonly Fault[] = ["latency", "errors", "leak", "crash"]

/** One of each bad kind, at hours that the seed draws; the others are good. */
export function drawFaults(seed: number, releases: number): Fault[] {
  const random = createRandom(seed + 1_000_003)
  const faults = new Array<Fault>(releases).fill("none")
  for (const fault of BAD) {
    const free = faults.flatMap((one, i) => (one === "none" ? [i] : []))
    faults[free[Math.floor(random.uniform() * free.length)] as number] = fault
  }
  return faults
}

interface ReleaseOptions {
  fault: Fault
  hour: number
  stepSec: number
  minSamples: number
}

function simulateRelease(random: Random, options: ReleaseOptions): Outcome {
  let seconds = 0
  let why = "through all steps"
  for (const [step, ratio] of STEPS.entries()) {
    const end = simulateStep(random, options, { step, ratio, before: seconds })
    seconds += end.seconds
    why = end.why
    if (end.verdict !== "go_on")
      return {
        fault: options.fault,
        state: end.verdict === "hold" ? "held" : "rolled_back",
        exposure: ratio,
        seconds,
        why,
      }
  }
  return { fault: options.fault, state: "done", exposure: 1, seconds, why }
}

interface StepOptions {
  step: number
  ratio: number
  /** Seconds since the release began. */
  before: number
}

function simulateStep(
  random: Random,
  { fault, hour, stepSec, minSamples }: ReleaseOptions,
  { step, ratio, before }: StepOptions,
) {
  const judged = Math.min(ratio, 1 - ratio)
  const crowds = judged === 0 ? [] : drawCrowds(random, judged)
  const sums = crowds.map((): Sums => ({ calls: 0, faults: 0, ms: 0, median: 1 }))
  const heap = []
  for (let elapsedSec = LOOK_SEC; ; elapsedSec += LOOK_SEC) {
    const daily = toDaily(hour + (before + elapsedSec) / 3_600)
    for (const [i, crowd] of crowds.entries())
      addCalls(random, crowd, sums[i] as Sums, { seconds: LOOK_SEC, daily, fault })
    const at = (before + elapsedSec) * 1_000
    heap.push(drawHeap(random, at, at, fault))
    const crashed =
      fault === "crash" && random.uniform() < 1 - Math.exp((-LOOK_SEC * daily * CALLS_PER_SEC * ratio) / CALLS_A_CRASH)
    const crashes = crashed ? ["it ended with an error"] : []
    const cells = crowds.map((crowd, i) => toCell(random, crowd, sums[i] as Sums))
    const { verdict, why } = judgeStep({ cells, heap, crashes }, { at, step, ratio, elapsedSec, stepSec, minSamples })
    const isLast = elapsedSec >= MOST_STEPS * stepSec
    if (verdict === "go_on" || verdict === "roll_back" || isLast)
      return { verdict: verdict === "wait" ? ("hold" as const) : verdict, why, seconds: elapsedSec }
  }
}
