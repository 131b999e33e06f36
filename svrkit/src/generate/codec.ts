/**
 * generate: a service's model → the text of its files. Small pure functions; the codec's body is written once, with types (`ts`, the
 * generated files) or without (`js`, compiled in memory by the command line and the tests).
 */
import type { EnumModel, Field, FieldType, Scalar, ServiceModel, Struct } from "../describe/model.ts"
import { keyOf, memberType, packedKey, tsType } from "./types.ts"

export interface Dialect {
  /** A type annotation, or nothing. */
  type: (text: string) => string
  interfaces: boolean
}
export const TS: Dialect = { type: (text) => text, interfaces: true }
export const JS: Dialect = { type: () => "", interfaces: false }

/** Enums, types, writers, readers and codec objects of all types of a service. */
export function codecBody(model: ServiceModel, dialect: Dialect): string {
  const recursive = findRecursive(model.structs)
  const parts = [
    ...model.enums.map((one) => enumText(one, dialect)),
    ...model.structs.flatMap((struct) => [
      ...(dialect.interfaces ? [interfaceText(struct), initText(struct)] : []),
      createText(struct, dialect),
      writeText(struct, recursive.has(struct.name), dialect),
      readText(struct, recursive.has(struct.name), dialect),
      ...struct.fields.flatMap((field) => (field.type.is === "map" ? [readEntryText(struct, field, dialect)] : [])),
      codecText(struct, dialect),
    ]),
  ]
  return `${parts.join("\n\n")}\n`
}

/** Structs that can hold themselves, by whatever way: their depth has no bound of its own. */
function findRecursive(structs: readonly Struct[]): Set<string> {
  const held = new Map(structs.map((struct) => [struct.name, struct.fields.flatMap(({ type }) => structsOf(type))]))
  const reaches = (from: string): Set<string> => {
    const seen = new Set<string>()
    const open = [...(held.get(from) ?? [])]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      open.push(...(held.get(next) ?? []))
    }
    return seen
  }
  return new Set(structs.filter(({ name }) => reaches(name).has(name)).map(({ name }) => name))
}

const structsOf = (type: FieldType): string[] =>
  type.is === "struct" ? [type.name] : type.is === "map" ? structsOf(type.value) : []

const docText = (doc: string, indent = ""): string =>
  doc === "" ? "" : `${indent}/** ${doc.replaceAll("*/", "* /")} */\n`

function enumText({ name, values, doc }: EnumModel, { type, interfaces }: Dialect): string {
  const lines = values.map((value) => `${docText(value.doc, "  ")}  ${value.name}: ${value.number},`)
  const table = `${docText(doc)}export const ${name} = {\n${lines.join("\n")}\n}${type(" as const")}`
  return interfaces
    ? `${table}\n/** One of the above, or a number that a newer program knows. */\nexport type ${name} = number`
    : table
}

function interfaceText({ name, fields, doc }: Struct): string {
  const lines = fields.map(
    (field) =>
      `${docText(field.doc, "  ")}  ${field.name}${field.occurs === "optional" ? "?" : ""}: ${memberType(field, "read")}`,
  )
  return `${docText(doc)}export interface ${name} extends Unknown {\n${lines.join("\n")}\n}`
}

/** What may be given to be written: all but structs held by value may be left out. */
function initText({ name, fields }: Struct): string {
  const lines = fields.map((field) => {
    const byValue = field.type.is === "struct" && field.occurs === "one"
    return `  ${field.name}${byValue ? "" : "?"}: ${memberType(field, "write")}`
  })
  return `/** ${name} as it may be given: what is left out is at its default. */\nexport interface ${name}Init extends Unknown {\n${lines.join("\n")}\n}`
}

function createText({ name, fields }: Struct, { type }: Dialect): string {
  const values = fields.map((field) => `    ${field.name}: ${defaultOf(field)},\n`).join("")
  return `export function create${name}()${type(`: ${name}`)} {\n  return {\n${values}  }\n}`
}

function defaultOf({ type, occurs }: Field): string {
  if (type.is === "map") return "new Map()"
  if (occurs === "many") return "[]"
  if (occurs === "optional") return "undefined"
  if (type.is === "struct") return `create${type.name}()`
  return type.is === "enum" ? "0" : defaultOfScalar(type.scalar)
}

function defaultOfScalar(scalar: Scalar): string {
  if (scalar === "string") return '""'
  if (scalar === "bytes") return "NO_BYTES"
  return scalar === "bool" ? "false" : "0"
}

function codecText({ name }: Struct, { type }: Dialect): string {
  return `export const ${name}Codec${type(`: Codec<${name}, ${name}Init>`)} = {
  name: "${name}",
  write: write${name},
  read: read${name},
}
export const encode${name} = (value${type(`: ${name}Init`)})${type(": Uint8Array")} => encode(${name}Codec, value)
export const decode${name} = (bytes${type(": Uint8Array")})${type(`: ${name}`)} => decode(${name}Codec, bytes)`
}

function writeText({ name, fields }: Struct, recursive: boolean, { type }: Dialect): string {
  const lines = fields.map((field) => writeField(name, field))
  if (recursive) lines.unshift(`w.enter("${name}")`)
  lines.push(`if (m.$unknown !== undefined) w.raw(m.$unknown)`)
  if (recursive) lines.push("w.leave()")
  return `export function write${name}(w${type(": Writer")}, m${type(`: ${name}Init`)})${type(": void")} {\n${indent(lines.join("\n"))}\n}`
}

function writeField(struct: string, field: Field): string {
  const { tag, name, type, occurs } = field
  const where = `"${struct}.${name}"`
  const value = `v${tag}`
  const take = `const ${value} = m.${name}\n`
  if (type.is === "map") return take + writeMap(field, value, where)
  if (occurs === "many") return take + writeMany(tag, type, value, where)
  if (occurs === "optional")
    return `${take}if (${value} !== undefined) {\n${indent(writeOne(tag, type, value, where))}\n}`
  if (type.is === "struct") return take + writeOne(tag, type, value, where)
  return `${take}if (${isSet(type, value)}) {\n${indent(writeOne(tag, type, value, where))}\n}`
}

function isSet(type: FieldType, value: string): string {
  if (type.is !== "scalar") return `${value} !== undefined && ${value} !== 0`
  const { scalar } = type
  if (scalar === "bool") return `${value} === true`
  if (scalar === "string") return `${value} !== undefined && ${value} !== ""`
  if (scalar === "bytes") return `${value} !== undefined && ${value}.length > 0`
  const notZero = scalar === "float" || scalar === "double" ? `!Object.is(${value}, 0)` : `${value} !== 0`
  return `${value} !== undefined && ${notZero}`
}

function writeOne(tag: number, type: FieldType, value: string, where: string): string {
  if (type.is === "struct") {
    return `const at${tag} = w.open(${keyOf(tag, type)})\nwrite${type.name}(w, ${value})\nw.close(at${tag})`
  }
  return `w.key(${keyOf(tag, type)})\n${writeBare(type, value, where)}`
}

function writeBare(type: FieldType, value: string, where: string): string {
  if (type.is !== "scalar") return `w.int32(${value}, ${where})`
  if (type.scalar === "bytes") return `w.lengthAndBytes(${value}, ${where})`
  return type.scalar === "bool" ? `w.bool(${value})` : `w.${type.scalar}(${value}, ${where})`
}

function writeMany(tag: number, type: FieldType, list: string, where: string): string {
  const each = (body: string): string => `for (const one of ${list}) {\n${indent(body)}\n}`
  if (!isPacked(type)) return `if (${list} !== undefined) {\n${indent(each(writeOne(tag, type, "one", where)))}\n}`
  const body = `const at${tag} = w.open(${packedKey(tag)})\n${each(writeBare(type, "one", where))}\nw.close(at${tag})`
  return `if (${list} !== undefined && ${list}.length > 0) {\n${indent(body)}\n}`
}

function writeMap({ tag, type }: Field, map: string, where: string): string {
  if (type.is !== "map") return ""
  const key = { is: "scalar", scalar: type.key } as const
  const body = [
    `const at = w.open(${keyOf(tag, { is: "struct", name: "" })})`,
    writeOne(1, key, "key", where),
    writeOne(2, type.value, "one", where),
    "w.close(at)",
  ].join("\n")
  return `if (${map} !== undefined) {\n${indent(`for (const [key, one] of ${map}) {\n${indent(body)}\n}`)}\n}`
}

const isPacked = (type: FieldType): boolean =>
  type.is === "enum" || (type.is === "scalar" && type.scalar !== "string" && type.scalar !== "bytes")

function readText({ name, fields }: Struct, recursive: boolean, { type }: Dialect): string {
  const cases = fields.flatMap((field) => readCases(name, field))
  const loop = `while (r.at < end) {
  const from = r.at
  const key = r.key()
  switch (key) {
${indent(cases.join("\n"), "    ")}${cases.length > 0 ? "\n" : ""}    default:
      r.unknown(m, key, from, end)
  }
}
if (r.at !== end) r.overrun(end)`
  const lines = [
    `const m${type(`: ${name}`)} = into ?? create${name}()`,
    loop,
    ...(recursive ? ["r.leave()"] : []),
    "return m",
  ]
  if (recursive) lines.unshift("r.enter()")
  return `export function read${name}(r${type(": Reader")}, end${type(": number")}, into${type(`?: ${name}`)})${type(`: ${name}`)} {\n${indent(lines.join("\n"))}\n}`
}

function readCases(struct: string, { tag, name, type, occurs }: Field): string[] {
  const at = (key: number, body: string): string => `case ${key}:\n${indent(`${body}\nbreak`)}`
  if (type.is === "map") return [at(keyOf(tag, type), `read${struct}${entryName(name)}(r, r.item(end), m.${name})`)]
  if (occurs !== "many") {
    const value = type.is === "struct" ? `read${type.name}(r, r.sub(end), m.${name})` : readBare(type)
    return [at(keyOf(tag, type), `m.${name} = ${value}`)]
  }
  const one = type.is === "struct" ? `read${type.name}(r, r.item(end))` : readBare(type)
  const single = at(keyOf(tag, type), `m.${name}.push(${one})`)
  if (!isPacked(type)) return [single]
  const packed = `const stop = r.sub(end)\nwhile (r.at < stop) m.${name}.push(${one})\nif (r.at !== stop) r.overrun(stop)\nbreak`
  return [single, `case ${packedKey(tag)}: {\n${indent(packed)}\n}`]
}

function readBare(type: FieldType): string {
  if (type.is !== "scalar") return "r.int32()"
  return type.scalar === "bytes" ? "r.lengthAndBytes()" : `r.${type.scalar}()`
}

/** No type's name has an underscore, so this is no other function's name. */
const entryName = (field: string): string => `_${field}`

function readEntryText(struct: Struct, { name, type }: Field, dialect: Dialect): string {
  if (type.is !== "map") return ""
  const t = dialect.type
  const key = { is: "scalar", scalar: type.key } as const
  const value =
    type.value.is === "struct"
      ? `create${type.value.name}()`
      : defaultOf({ tag: 0, name, type: type.value, occurs: "one", doc: "" })
  const readValue = type.value.is === "struct" ? `read${type.value.name}(r, r.sub(end), value)` : readBare(type.value)
  const map = `Map<${tsType(key)}, ${tsType(type.value)}>`
  return `function read${struct.name}${entryName(name)}(r${t(": Reader")}, end${t(": number")}, map${t(`: ${map}`)})${t(": void")} {
  let key${t(`: ${tsType(key)}`)} = ${defaultOfScalar(type.key)}
  let value${t(`: ${tsType(type.value)}`)} = ${value}
  const unknown${t(": Unknown")} = {}
  while (r.at < end) {
    const from = r.at
    const field = r.key()
    if (field === ${keyOf(1, key)}) key = ${readBare(key)}
    else if (field === ${keyOf(2, type.value)}) value = ${readValue}
    else r.unknown(unknown, field, from, end)
  }
  if (r.at !== end) r.overrun(end)
  map.set(key, value)
}`
}

export const indent = (text: string, by = "  "): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? "" : by + line))
    .join("\n")
