/** A value that cannot be written, or bytes that are not what they claim to be; `at` is the offset in the input, −1 when writing. */
export class CodecError extends Error {
  override readonly name = "CodecError"
  readonly at: number
  constructor(message: string, at = -1) {
    super(at < 0 ? message : `${message} at byte ${at}`)
    this.at = at
  }
}

/** Structs may nest this deep, written and read: only a type that refers to itself can come near. */
export const DEEPEST = 64

/** Structs and map entries that one message may hold when read: an empty one takes two bytes on the wire and some hundred in memory. */
export const MOST_ITEMS = 262_144
