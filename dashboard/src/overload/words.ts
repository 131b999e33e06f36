/** What the figures of overload control say, in words. A level is business priority and, after the point, the part of the users of the next one. */

/** The level at which everything is let in. */
export const EVERYTHING = 256

/** `everything`; `priorities below 20, and of 20 those of 40 % of the users`. Null: not known. */
export function describeLevel(level: number | null): string {
  if (level === null) return "–"
  if (level >= EVERYTHING) return "everything"
  const priority = Math.floor(level)
  const users = Math.round((level - priority) * 100)
  const below = priority === 0 ? "" : `priorities below ${priority}`
  if (users === 0) return below || "nothing but the most important user"
  const part = `of ${priority} those of ${users} % of the users`
  return below === "" ? part : `${below}, and ${part}`
}

/** A part as people read it: `12 %`, `0.4 %`, `under 0.1 %`; none is `0 %`. */
export function describePart(part: number): string {
  if (part <= 0) return "0 %"
  if (part < 0.001) return "under 0.1 %"
  return part < 0.1 ? `${(part * 100).toFixed(1).replace(/\.0$/, "")} %` : `${Math.round(part * 100)} %`
}
