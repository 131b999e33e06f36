/** theft: people and thieves, made up, for trying the meter and the judge over days that take seconds. The model: docs/throttle.md. */
import type { Random } from "../check/random.ts"

/** What a device does. `a`, `b`: bytes and the like, as said at each. */
export const Kind = {
  /** `a`: hash of text and chat; `b`: bytes. */
  send: 0,
  /** A sync that brings something. `b`: bytes. */
  sync: 1,
  /** A sync that brings nothing. `b`: bytes. */
  idle: 2,
  /** Any other request. `b`: bytes with its answer. */
  ask: 3,
  /** A connection that says hello. */
  connect: 4,
} as const
export type Kind = (typeof Kind)[keyof typeof Kind]

export interface Event {
  /** ms since midnight. */
  at: number
  kind: Kind
  a: number
  b: number
}

export const SEC = 1_000
export const MINUTE = 60 * SEC
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Time to the next of things that come by chance, ms. */
export const exponential = (random: Random, meanMs: number): number => -Math.log(1 - random.next()) * meanMs

/** Around `median`, spread by the factor `e^sigma`; Box–Muller. */
export function logNormal(random: Random, median: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  return median * Math.exp(sigma * normal)
}
