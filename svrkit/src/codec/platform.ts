/** What Node does faster than the web's own means, used where it is there: codecs run in browsers too. */
interface NodeBytes {
  utf8Write(text: string, at: number, most: number): number
  utf8Slice(from: number, to: number): string
}
const node = (
  globalThis as { Buffer?: { allocUnsafeSlow(size: number): Uint8Array<ArrayBuffer>; prototype: NodeBytes } }
).Buffer

/** Bytes whose content is anything. */
export const allocate: (size: number) => Uint8Array<ArrayBuffer> =
  node === undefined ? (size) => new Uint8Array(size) : (size) => node.allocUnsafeSlow(size)

const encoder = new TextEncoder()
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Writes the text as UTF-8, at most three bytes a character; answers how many bytes. Lone surrogates become U+FFFD. */
export const writeUtf8: (bytes: Uint8Array, text: string, at: number) => number =
  node === undefined
    ? (bytes, text, at) => encoder.encodeInto(text, bytes.subarray(at)).written
    : (bytes, text, at) => node.prototype.utf8Write.call(bytes, text, at, bytes.length - at)

/** The text of UTF-8 bytes; throws TypeError where they are none. */
export const readUtf8: (bytes: Uint8Array, from: number, to: number) => string =
  node === undefined
    ? (bytes, from, to) => strict.decode(bytes.subarray(from, to))
    : (bytes, from, to) => {
        const text = node.prototype.utf8Slice.call(bytes, from, to)
        return text.includes("\ufffd") ? strict.decode(bytes.subarray(from, to)) : text
      }
