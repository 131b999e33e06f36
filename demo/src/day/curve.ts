/** How busy each hour is, 1: the busiest; the shape of the model of normal use (docs/throttle.md). */
const CURVE = [
  ...[0.25, 0.12, 0.06, 0.04, 0.04, 0.08, 0.2, 0.45, 0.65, 0.7, 0.7, 0.75],
  ...[0.85, 0.7, 0.65, 0.65, 0.7, 0.75, 0.8, 0.9, 1, 1, 0.85, 0.5],
]

/** 0 to 1; `hour` of the day, beyond 24 of the next one. Between whole hours in a straight line. */
export function toBusy(hour: number): number {
  const at = Math.floor(hour)
  const of = (index: number): number => CURVE[((index % 24) + 24) % 24] as number
  return of(at) + (of(at + 1) - of(at)) * (hour - at)
}
