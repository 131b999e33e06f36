import type { Random } from "../check/random.ts"
import { type Event, Kind } from "./event.ts"

/** Ways of stealing: what is asked, and how long after the one before, ms. */
const WAYS = {
  "tight loop": (random: Random) => ({ gapMs: 20 + random.next() * 60, kind: Kind.ask, a: 0, b: 300 }),
  "slow drip": (random: Random) => ({ gapMs: 700 + random.next() * 500, kind: Kind.ask, a: 0, b: 8_000 }),
  "sync without progress": (random: Random) => ({ gapMs: 200 + random.next() * 800, kind: Kind.idle, a: 0, b: 2_000 }),
  "reconnect loop": (random: Random) => ({ gapMs: 500 + random.next() * 1_000, kind: Kind.connect, a: 0, b: 60 }),
  "identical send": (random: Random) => ({ gapMs: 500 + random.next() * 500, kind: Kind.send, a: 42, b: 120 }),
} satisfies Record<string, (random: Random) => { gapMs: number; kind: Event["kind"]; a: number; b: number }>

export type Way = keyof typeof WAYS
export const WAY_NAMES = Object.keys(WAYS) as Way[]

/** What a client with a fault does, from `from` on, without end. */
export function* steal(random: Random, way: Way, from: number): Generator<Event> {
  for (let at = from; ; ) {
    const { gapMs, kind, a, b } = WAYS[way](random)
    at += gapMs
    yield { at, kind, a, b }
  }
}

/** A drip of one request in `gapMs`: slower than those that have to be caught within a minute. */
export function* drip(gapMs: number, from: number): Generator<Event> {
  for (let at = from; ; ) {
    at += gapMs
    yield { at, kind: Kind.ask, a: 0, b: 8_000 }
  }
}
