const from = String.fromCharCode

/** The text of a few UTF-8 bytes, ASCII in blocks: faster than a call into the engine up to some 30 bytes. Null where they are no UTF-8. */
export function tryShortText(bytes: Uint8Array, start: number, end: number): string | null {
  let text = ""
  let i = start
  for (; i + 7 < end; i += 8) {
    const a = bytes[i] as number
    const b = bytes[i + 1] as number
    const c = bytes[i + 2] as number
    const d = bytes[i + 3] as number
    const e = bytes[i + 4] as number
    const f = bytes[i + 5] as number
    const g = bytes[i + 6] as number
    const h = bytes[i + 7] as number
    if ((a | b | c | d | e | f | g | h) > 127) return mixed(bytes, i, end, text)
    text += from(a, b, c, d, e, f, g, h)
  }
  if (i + 3 < end) {
    const a = bytes[i] as number
    const b = bytes[i + 1] as number
    const c = bytes[i + 2] as number
    const d = bytes[i + 3] as number
    if ((a | b | c | d) > 127) return mixed(bytes, i, end, text)
    text += from(a, b, c, d)
    i += 4
  }
  for (; i < end; i++) {
    const a = bytes[i] as number
    if (a > 127) return mixed(bytes, i, end, text)
    text += from(a)
  }
  return text
}

/** The rest from a place where a character may take several bytes (Unicode 15, table 3-7: no overlong forms, no surrogates). */
function mixed(bytes: Uint8Array, start: number, end: number, before: string): string | null {
  let text = before
  let i = start
  while (i < end) {
    const a = bytes[i++] as number
    if (a < 128) {
      text += from(a)
      continue
    }
    const size = a < 0xc2 ? 0 : a < 0xe0 ? 1 : a < 0xf0 ? 2 : a < 0xf5 ? 3 : 0
    if (size === 0 || i + size > end) return null
    let point = a & (0x3f >> size)
    for (let n = 0; n < size; n++) {
      const next = bytes[i++] as number
      if ((next & 0xc0) !== 0x80) return null
      point = (point << 6) | (next & 0x3f)
    }
    if (size === 2 && (point < 0x800 || (point >= 0xd800 && point < 0xe000))) return null
    if (size === 3 && (point < 0x10000 || point > 0x10ffff)) return null
    text += size < 3 ? from(point) : from(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + (point & 0x3ff))
  }
  return text
}
