import type { Field, FieldType, Scalar } from "../describe/model.ts"

const WIRE_TYPE: Readonly<Record<Scalar, 0 | 1 | 2 | 5>> = {
  int32: 0,
  uint32: 0,
  sint32: 0,
  int64: 0,
  uint64: 0,
  sint64: 0,
  bool: 0,
  fixed64: 1,
  sfixed64: 1,
  double: 1,
  string: 2,
  bytes: 2,
  fixed32: 5,
  sfixed32: 5,
  float: 5,
}

/** A field's key on the wire: its tag and wire type. */
export function keyOf(tag: number, type: FieldType): number {
  const wire = type.is === "scalar" ? WIRE_TYPE[type.scalar] : type.is === "enum" ? 0 : 2
  return ((tag << 3) | wire) >>> 0
}

/** The key of a packed list. */
export const packedKey = (tag: number): number => tag * 8 + 2

export function tsType(type: FieldType, suffix = ""): string {
  if (type.is === "map") return `Map<${tsType({ is: "scalar", scalar: type.key })}, ${tsType(type.value, suffix)}>`
  if (type.is === "struct") return type.name + suffix
  if (type.is === "enum") return type.name
  if (type.scalar === "string" || type.scalar === "bytes") return type.scalar === "string" ? "string" : "Uint8Array"
  return type.scalar === "bool" ? "boolean" : "number"
}

/** The type of a member of an interface: as it is read, or as it may be given to be written. */
export function memberType({ type, occurs }: Field, side: "read" | "write"): string {
  const own = tsType(type, side === "write" ? "Init" : "")
  if (type.is === "map") return side === "write" ? `Readonly${own} | undefined` : own
  const listed = occurs === "many" ? (side === "write" ? `readonly ${own}[]` : `${own}[]`) : own
  const may = occurs === "optional" || (side === "write" && !(type.is === "struct" && occurs === "one"))
  return may ? `${listed} | undefined` : listed
}
