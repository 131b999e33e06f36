/**
 * Benjamini and Hochberg (1995): each p becomes a q. Taking all with q ≤ 0.05 for real, one in twenty of those taken is expected to be none.
 *
 * @param ps in any order
 * @returns in the same order
 */
export function toQ(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => (ps[b] as number) - (ps[a] as number))
  const qs = new Array<number>(ps.length).fill(1)
  let least = 1
  order.forEach((at, i) => {
    const rank = ps.length - i
    least = Math.min(least, ((ps[at] as number) * ps.length) / rank)
    qs[at] = least
  })
  return qs
}
