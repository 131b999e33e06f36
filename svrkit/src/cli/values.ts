import type { EnumModel, Field, FieldType, Scalar, ServiceModel, Struct } from "../describe/model.ts"
import { UsageError } from "./usage.ts"

/** A struct as the codec takes it, from JSON or from words of the command line. Throws UsageError that names the field. */
export function fromText(
  model: ServiceModel,
  struct: Struct,
  given: Record<string, unknown>,
  where: string,
): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const name of Object.keys(given)) {
    if (!struct.fields.some((field) => field.name === name)) throw new UsageError(`${where} has no field ${name}`)
  }
  for (const field of struct.fields) {
    const one = given[field.name]
    if (one !== undefined) value[field.name] = member(model, field, one, `${where}.${field.name}`)
    else if (field.type.is === "struct" && field.occurs === "one") {
      value[field.name] = single(model, field.type, {}, `${where}.${field.name}`)
    }
  }
  return value
}

function member(model: ServiceModel, { type, occurs }: Field, given: unknown, where: string): unknown {
  if (type.is === "map") {
    const pairs = Object.entries(object(given, where))
    return new Map(pairs.map(([key, one]) => [scalar(type.key, key, where), single(model, type.value, one, where)]))
  }
  if (occurs !== "many") return single(model, type, given, where)
  const list = Array.isArray(given) ? given : [given]
  return list.map((one, i) => single(model, type, one, `${where}[${i}]`))
}

function single(model: ServiceModel, type: FieldType, given: unknown, where: string): unknown {
  if (type.is === "scalar") return scalar(type.scalar, given, where)
  if (type.is === "enum")
    return enumNumber(model.enums.find(({ name }) => name === type.name) as EnumModel, given, where)
  if (type.is === "map") throw new UsageError(`${where} cannot be a map`)
  const struct = model.structs.find(({ name }) => name === type.name) as Struct
  return fromText(model, struct, object(given, where), where)
}

function object(given: unknown, where: string): Record<string, unknown> {
  let value = given
  if (typeof given === "string") {
    try {
      value = JSON.parse(given)
    } catch {
      throw new UsageError(`${where} must be JSON, not ${JSON.stringify(given)}`)
    }
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError(`${where} must be a JSON object`)
  return value as Record<string, unknown>
}

function enumNumber({ name, values }: EnumModel, given: unknown, where: string): number {
  const found = values.find((value) => value.name === given)?.number ?? Number(given)
  if (Number.isInteger(found)) return found
  throw new UsageError(
    `${where} must be a number or one of ${values.map((value) => value.name).join(", ")}: it is of ${name}`,
  )
}

function scalar(type: Scalar, given: unknown, where: string): unknown {
  if (type === "string") return String(given)
  if (type === "bytes") return Uint8Array.from(Buffer.from(String(given), "base64"))
  if (type === "bool") {
    if (given === true || given === "true") return true
    if (given === false || given === "false") return false
    throw new UsageError(`${where} must be true or false, not ${JSON.stringify(given)}`)
  }
  const number = Number(given)
  if (given === "" || Number.isNaN(number))
    throw new UsageError(`${where} must be a number, not ${JSON.stringify(given)}`)
  return number
}

/** A reply as JSON shows it: maps as objects, bytes in base64. */
export function toJson(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [String(key), toJson(one)]))
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64")
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toJson(one)]))
}
