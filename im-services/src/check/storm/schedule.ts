import type { Random } from "../random.ts"
import type { Direction } from "./way.ts"

/** What is done to the system at one moment. Times in ms. */
export type Blow =
  | { do: "kill"; target: string; awayMs: number }
  | { do: "pause"; target: string; forMs: number }
  | { do: "database"; how: "crash" | "restart" }
  /** Connections on a way end; what was on it is lost. */
  | { do: "cut"; way: string }
  /** Replies on a way are lost: they are held and then the connections end. */
  | { do: "drop"; way: string; forMs: number }
  | { do: "delay"; way: string; of: Direction; forMs: number; byMs: number }

export interface Planned {
  /** Since the beginning. */
  at: number
  blow: Blow
}

export interface Targets {
  processes: readonly string[]
  ways: readonly string[]
}

const FIRST_MS = 2_000
const GAP_MS = { low: 900, high: 2_600 }
/** Two blows at the same moment, at this rate. */
const TOGETHER = 0.15
const PAUSE_MS = { low: 300, high: 3_000 }
/** Longer than an owner of a SET or of a share of numbers may stand still before another one follows, at this rate. */
const LONG_PAUSE_MS = { low: 6_500, high: 9_500 }
const LONG = 0.3

/**
 * Blows until `untilMs`, from the seed alone. They are dealt like cards: each process is killed and paused, each way is cut, slowed and made to lose
 * replies, and the database falls, before anything comes again.
 */
export function toSchedule(random: Random, targets: Targets, untilMs: number): Planned[] {
  const planned: Planned[] = []
  let deck: Blow[] = []
  const gap = (): number => (random.next() < TOGETHER ? 0 : random.whole(GAP_MS.low, GAP_MS.high))
  for (let at = FIRST_MS; at < untilMs; at += gap()) {
    if (deck.length === 0) deck = random.shuffle(toDeck(random, targets))
    planned.push({ at, blow: deck.pop() as Blow })
  }
  return planned
}

function toDeck(random: Random, { processes, ways }: Targets): Blow[] {
  const pause = (): number => {
    const { low, high } = random.next() < LONG ? LONG_PAUSE_MS : PAUSE_MS
    return random.whole(low, high)
  }
  return [
    ...processes.map((target): Blow => ({ do: "kill", target, awayMs: random.whole(0, 1_500) })),
    ...processes.map((target): Blow => ({ do: "pause", target, forMs: pause() })),
    ...ways.flatMap((way): Blow[] => [
      { do: "cut", way },
      { do: "drop", way, forMs: random.whole(100, 1_000) },
      {
        do: "delay",
        way,
        of: random.pick(["requests", "replies"] as const),
        forMs: random.whole(1_000, 4_000),
        byMs: random.whole(20, 600),
      },
    ]),
    { do: "database", how: "crash" },
    { do: "database", how: "restart" },
  ]
}

/** As it is printed. */
export function toText({ at, blow }: Planned): string {
  const { do: verb, ...rest } = blow
  return `${(at / 1_000).toFixed(1).padStart(6)} s  ${verb} ${Object.values(rest).join(" ")}`
}
