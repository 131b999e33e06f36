/** At most so many bytes of UTF-8, cut between characters, with "…" where something is left off. */
export function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text
  let bytes = 0
  let kept = ""
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > most - 3) break
    kept += character
  }
  return `${kept}…`
}

/**
 * At most so many units, cut at the last word's end where one is near, with an ellipsis.
 *
 * @param measure length of a text in the unit of `most`
 */
export function cutWords(text: string, most: number, measure: (text: string) => number): string {
  if (measure(text) <= most) return text
  const characters = [...text]
  let low = 0
  let high = characters.length
  const at = (n: number): string => `${characters.slice(0, n).join("").trimEnd()}…`
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (measure(at(middle)) <= most) low = middle
    else high = middle - 1
  }
  const kept = characters.slice(0, low).join("")
  const split = characters[low] !== undefined && /[\p{L}\p{N}]/u.test(characters[low] ?? "")
  const space = split ? kept.search(/\s\S*$/u) : -1
  // text without spaces (Chinese) is cut where it is
  return space > kept.length * 0.6 ? `${kept.slice(0, space).trimEnd()}…` : at(low)
}

/** One line: what comes from outside is no header and no second message. */
export const toLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, " ").trim()
