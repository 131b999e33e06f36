import { Attributes } from "./attributes.ts"
import type { Element } from "./elements.ts"
import {
  type EnumModel,
  type Fault,
  type Field,
  type FieldType,
  isScalar,
  SCALARS,
  type Scalar,
  type Struct,
} from "./model.ts"
import { FIELD_NAME, TAKEN_FIELDS, TAKEN_TYPES, TYPE_NAME } from "./names.ts"

const MOST_TAG = 536_870_911
const PROTOBUF_OWN = { from: 19_000, to: 19_999 }
const KEYS = SCALARS.filter((name) => !["float", "double", "bytes"].includes(name))

/** Names of the file's types and enums, known before any field is read. */
export interface Known {
  structs: ReadonlySet<string>
  enums: ReadonlySet<string>
}

export function readEnum(element: Element, faults: Fault[]): EnumModel {
  const own = new Attributes(element, faults)
  const name = typeName(own)
  const doc = own.optional("doc") ?? ""
  own.finish(["value"])
  const names = new Set<string>()
  const numbers = new Map<number, string>()
  const values = element.children
    .filter((child) => child.name === "value")
    .map((child) => {
      const value = new Attributes(child, faults)
      const valueName = value.named("name", FIELD_NAME, "readAll")
      const number = value.whole("number", { min: -2_147_483_648, max: 2_147_483_647 })
      if (names.has(valueName)) value.fault(`${name} has the value ${valueName} twice`, "name")
      if (numbers.has(number))
        value.fault(`${name} has the number ${number} twice, of ${numbers.get(number)} too`, "number")
      names.add(valueName)
      numbers.set(number, valueName)
      const said = value.optional("doc") ?? ""
      value.finish()
      return { name: valueName, number, doc: said }
    })
  if (values.length === 0) own.fault(`the enum ${name} has no value`)
  return { name, values, doc }
}

export function readStruct(element: Element, known: Known, faults: Fault[]): Struct {
  const own = new Attributes(element, faults)
  const name = typeName(own)
  const doc = own.optional("doc") ?? ""
  own.finish(["field", "reserved"])
  const reserved = readReserved(element, faults)
  const names = new Set<string>()
  const tags = new Map<number, string>()
  const fields = element.children
    .filter((child) => child.name === "field")
    .map((child) => {
      const at = new Attributes(child, faults)
      const field = readField(at, known)
      checkTag(at, field, reserved)
      if (names.has(field.name)) at.fault(`${name} has the field ${field.name} twice`, "name")
      if (tags.has(field.tag))
        at.fault(`${name} has the tag ${field.tag} twice: ${tags.get(field.tag)} carries it`, "tag")
      names.add(field.name)
      tags.set(field.tag, field.name)
      return field
    })
  return { name, fields: fields.sort((a, b) => a.tag - b.tag), doc }
}

function typeName(own: Attributes): string {
  const name = own.named("name", TYPE_NAME, "ChatMessage")
  if (TAKEN_TYPES.has(name)) own.fault(`${name} is taken: generated code uses this name itself`, "name")
  return name
}

interface Reserved {
  tags: readonly { from: number; to: number }[]
  names: ReadonlySet<string>
}

function readReserved(element: Element, faults: Fault[]): Reserved {
  const tags: { from: number; to: number }[] = []
  const names = new Set<string>()
  for (const child of element.children.filter(({ name }) => name === "reserved")) {
    const own = new Attributes(child, faults)
    const name = own.optional("name")
    const from = own.optional("tag") === undefined ? null : own.whole("tag", { min: 1, max: MOST_TAG })
    const to = own.whole("to", { min: from ?? 1, max: MOST_TAG, standard: from ?? 1 })
    own.optional("doc")
    if (name === undefined && from === null) own.fault("<reserved> needs a tag or a name")
    if (name !== undefined) names.add(name)
    if (from !== null) tags.push({ from, to })
    own.finish()
  }
  return { tags, names }
}

function checkTag(at: Attributes, { tag, name }: Field, reserved: Reserved): void {
  if (tag >= PROTOBUF_OWN.from && tag <= PROTOBUF_OWN.to) {
    at.fault(`tag ${tag} is not to be used: protobuf keeps ${PROTOBUF_OWN.from} to ${PROTOBUF_OWN.to} to itself`, "tag")
  }
  if (reserved.tags.some(({ from, to }) => tag >= from && tag <= to)) {
    at.fault(`tag ${tag} is reserved: another field carried it once, and old programs still read it so`, "tag")
  }
  if (reserved.names.has(name)) at.fault(`the name ${name} is reserved: another field had it once`, "name")
}

function readField(at: Attributes, known: Known): Field {
  const tag = at.whole("tag", { min: 1, max: MOST_TAG })
  const name = at.named("name", FIELD_NAME, "sentAt")
  if (TAKEN_FIELDS.has(name)) at.fault(`${name} is taken: an object has it of its own`, "name")
  const type = readType(at, known)
  const repeated = at.flag("repeated")
  const optional = at.flag("optional")
  const doc = at.optional("doc") ?? ""
  if (repeated && optional) at.fault("a field is repeated or optional, not both: an empty list is nothing", "optional")
  if (type.is === "map" && (repeated || optional))
    at.fault("a map is neither repeated nor optional", repeated ? "repeated" : "optional")
  at.finish()
  return { tag, name, type, occurs: repeated || type.is === "map" ? "many" : optional ? "optional" : "one", doc }
}

function readType(at: Attributes, known: Known): FieldType {
  const name = at.text("type")
  if (name !== "map") {
    for (const part of ["key", "value"])
      if (at.optional(part) !== undefined) at.fault(`${part} belongs to a map only`, part)
    return toType(at, "type", name, known)
  }
  const key = at.oneOf<Scalar>("key", KEYS)
  return { is: "map", key, value: toType(at, "value", at.text("value"), known) as Exclude<FieldType, { is: "map" }> }
}

function toType(at: Attributes, attribute: string, name: string, known: Known): FieldType {
  if (isScalar(name)) return { is: "scalar", scalar: name }
  if (known.enums.has(name)) return { is: "enum", name }
  if (!known.structs.has(name) && name !== "") {
    at.fault(
      `unknown type ${JSON.stringify(name)}: it is no scalar, and this file has no <type> or <enum> of that name`,
      attribute,
    )
  }
  return { is: "struct", name }
}
