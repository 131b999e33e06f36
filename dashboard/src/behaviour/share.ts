/** A part of a whole in per cent; "·" where there is no whole. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return "·"
  const percent = (part / whole) * 100
  return `${percent >= 10 || percent === 0 ? Math.round(percent) : percent.toPrecision(2)} %`
}

export const formatCount = (count: number): string => count.toLocaleString("en-GB").replaceAll(",", "\u202f")
