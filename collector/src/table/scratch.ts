type Scratch = Uint8Array | Uint16Array | Uint32Array | Float64Array | BigUint64Array

/** The scratch array, or a longer one when it is shorter than `length`; its content is not kept. */
export function withRoom<T extends Scratch>(scratch: T, length: number): T {
  if (scratch.length >= length) return scratch
  const Make = scratch.constructor as new (length: number) => T
  return new Make(Math.max(length, scratch.length * 2))
}
