import type { Figure } from "../result.ts"
import { atLeast, atMost, median } from "../result.ts"

interface Detector {
  createHistory: () => object
  observe: (state: object, t: number, value: number, options: object) => object
}

const DETECT = new URL("../../../alerting/dist/detect/", import.meta.url)
const OPTIONS = { stepSec: 60, counts: false, direction: "both", minAbsolute: 0, minRelative: 0, warmUp: 100 }
const DAY = 1_440
const POINTS = 100 * DAY
const WARM = 20 * DAY
export const ROUNDS = 5

/** Points a second of CPU on one series with a daily rhythm and noise, after twenty days; bytes of its saved state. */
export async function speedFigures(): Promise<Figure[]> {
  const detector = (await import(new URL("history.js", DETECT).href)) as Detector
  const { encodeState } = (await import(new URL("state.js", DETECT).href)) as { encodeState: (s: object) => Buffer }
  const rates: number[] = []
  let bytes = 0
  for (let round = 0; round < ROUNDS; round++) {
    const state = detector.createHistory()
    observe(detector, state, 0, WARM)
    const began = process.cpuUsage()
    observe(detector, state, WARM, POINTS)
    const { user, system } = process.cpuUsage(began)
    rates.push((POINTS - WARM) / ((user + system) / 1e6))
    bytes = encodeState(state).length
  }
  return [
    atLeast("points a second of CPU", median(rates), "/s", 200_000),
    atMost("state of a series, saved", bytes, "B", 8_192),
  ]
}

function observe({ observe: take }: Detector, state: object, from: number, to: number): void {
  const random = createRandom(from + 1)
  for (let i = from; i < to; i++) {
    const rhythm = 100 + 50 * Math.sin((2 * Math.PI * i) / DAY)
    take(state, 1_700_000_040 + i * 60, rhythm + 4 * (random() + random() + random()), OPTIONS)
  }
}

function createRandom(seed: number): () => number {
  let x = seed
  return () => {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0
    return x / 2 ** 32
  }
}
