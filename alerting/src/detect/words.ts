import type { Judgement } from "./judgement.ts"

/**
 * What a judgement compares with, in words for people: "the same time of the last 7 days: 3 to 6".
 *
 * @param figure a value as people read it
 */
export function toComparison({ sameTime, lastHour }: Judgement, figure: (value: number) => string): string {
  if (!sameTime) return `the hour before: ${figure(lastHour.low)} to ${figure(lastHour.high)}`
  return `the same time of the last ${sameTime.days} days: ${figure(sameTime.low)} to ${figure(sameTime.high)}`
}
