import fc from "fast-check"
import protobuf from "protobufjs"
import { describe, expect, it, vi } from "vitest"
import { decode, encode } from "../codec/index.ts"
import type { Field, FieldType, Scalar, ServiceModel } from "../describe/model.ts"
import { SCALARS } from "../describe/model.ts"
import { type AnyCodec, compileCodecs } from "./compile.ts"

// Each run compiles a codec: slow where the machine is busy.
vi.setConfig({ testTimeout: 30_000 })

type Value = Record<string, unknown>

const INT32 = fc.integer()
const UINT32 = fc.integer({ min: 0, max: 4_294_967_295 })
const POSITIVE = fc.oneof(UINT32, fc.maxSafeNat())
const SIGNED = fc.oneof(INT32, fc.maxSafeInteger())
const TEXT = fc.oneof(fc.string({ maxLength: 60 }), fc.string({ unit: "binary", maxLength: 60 }))
const VALUES: Readonly<Record<Scalar, fc.Arbitrary<unknown>>> = {
  int32: INT32,
  uint32: UINT32,
  sint32: INT32,
  int64: SIGNED,
  uint64: POSITIVE,
  sint64: SIGNED,
  fixed32: UINT32,
  sfixed32: INT32,
  fixed64: POSITIVE,
  sfixed64: SIGNED,
  float: fc.float({ noNaN: true }),
  double: fc.double({ noNaN: true }),
  bool: fc.boolean(),
  string: TEXT,
  bytes: fc.uint8Array({ maxLength: 200 }),
}

const scalarType = (scalar: Scalar): FieldType => ({ is: "scalar", scalar })
const plainTypes: FieldType[] = [
  ...SCALARS.map(scalarType),
  { is: "enum", name: "Kind" },
  { is: "struct", name: "Inner" },
]
const KEYS = SCALARS.filter((name) => !["float", "double", "bytes", "bool"].includes(name))

const INNER: Field[] = [
  { tag: 1, name: "number", type: scalarType("sint32"), occurs: "one", doc: "" },
  { tag: 900, name: "text", type: scalarType("string"), occurs: "optional", doc: "" },
  { tag: 3, name: "again", type: { is: "struct", name: "Inner" }, occurs: "optional", doc: "" },
]
const innerValue = fc.letrec<{ inner: Value }>((tie) => ({
  inner: fc.record({
    number: INT32,
    text: fc.option(TEXT, { nil: undefined }),
    again: fc.option(tie("inner"), { nil: undefined, maxDepth: 3 }),
  }),
})).inner

const fieldsOf = fc
  .uniqueArray(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 20_000, max: 536_870_911 })), {
    minLength: 1,
    maxLength: 8,
  })
  .chain((tags) =>
    fc.tuple(
      ...tags.map((tag, index) =>
        fc.oneof(
          fc.record({
            tag: fc.constant(tag),
            name: fc.constant(`f${index}`),
            type: fc.constantFrom(...plainTypes),
            occurs: fc.constantFrom<Field["occurs"]>("one", "optional", "many"),
            doc: fc.constant(""),
          }),
          fc.record({
            tag: fc.constant(tag),
            name: fc.constant(`f${index}`),
            type: fc.record({
              is: fc.constant("map" as const),
              key: fc.constantFrom(...KEYS),
              value: fc.constantFrom(...plainTypes),
            }) as fc.Arbitrary<FieldType>,
            occurs: fc.constant<Field["occurs"]>("many"),
            doc: fc.constant(""),
          }),
        ),
      ),
    ),
  )

function anyOf(type: FieldType): fc.Arbitrary<unknown> {
  if (type.is === "scalar") return VALUES[type.scalar]
  if (type.is === "enum") return fc.constantFrom(0, 1, 7, -3)
  if (type.is === "struct") return innerValue
  return fc
    .array(fc.tuple(VALUES[type.key], anyOf(type.value)), { maxLength: 4 })
    .map((pairs) => new Map(pairs as [unknown, unknown][]))
}
const memberOf = ({ type, occurs }: Field): fc.Arbitrary<unknown> => {
  if (type.is === "map" || occurs === "one") return anyOf(type)
  return occurs === "many" ? fc.array(anyOf(type), { maxLength: 6 }) : fc.option(anyOf(type), { nil: undefined })
}

const toModel = (fields: Field[]): ServiceModel => ({
  name: "any",
  doc: "",
  enums: [{ name: "Kind", doc: "", values: [{ name: "one", number: 1, doc: "" }] }],
  structs: [
    { name: "Inner", doc: "", fields: [...INNER].sort((a, b) => a.tag - b.tag) },
    { name: "Any", doc: "", fields: [...fields].sort((a, b) => a.tag - b.tag) },
  ],
  methods: [],
  errors: [],
  stores: [],
  needs: [],
})
const both = fieldsOf.chain((fields) =>
  fc.record({
    model: fc.constant(toModel(fields)),
    value: fc.record(Object.fromEntries(fields.map((field) => [field.name, memberOf(field)]))) as fc.Arbitrary<Value>,
  }),
)

/** The same types as a .proto text, parsed by protobufjs. */
function toProto(model: ServiceModel, packed = true): protobuf.Root {
  const name = (type: FieldType): string =>
    type.is === "scalar"
      ? type.scalar
      : type.is === "map"
        ? `map<${type.key}, ${name(type.value)}>`
        : type.is === "enum"
          ? "int32"
          : type.name
  const line = ({ tag, name: field, type, occurs }: Field): string => {
    const often = type.is === "map" ? "" : occurs === "many" ? "repeated " : occurs === "optional" ? "optional " : ""
    const list = often === "repeated " && type.is !== "struct" && name(type) !== "string" && name(type) !== "bytes"
    return `${often}${name(type)} ${field} = ${tag}${list ? ` [packed=${packed}]` : ""};`
  }
  const text = model.structs
    .map((struct) => `message ${struct.name} { ${struct.fields.map(line).join("\n")} }`)
    .join("\n")
  return protobuf.parse(`syntax = "proto3";\n${text}`, { keepCase: true }).root
}

const plain = (value: unknown): unknown => {
  if (value instanceof Map) return { map: [...value].map(([key, one]) => [String(key), plain(one)]).sort() }
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  if ("toNumber" in value) return (value as { toNumber(): number }).toNumber()
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined && one !== null)
      .map(([key, one]) => [key, plain(one)]),
  )
}

/** Ours as protobufjs takes it: maps are objects there. */
const forProto = (value: unknown): unknown => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [key, forProto(one)]))
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(forProto)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, forProto(one)]))
}

/** What protobufjs read, as ours: 64-bit keys of maps stand there as eight raw characters, so maps are compared by a second way. */
const hasLongKeys = (model: ServiceModel): boolean =>
  model.structs.some(({ fields }) => fields.some(({ type }) => type.is === "map" && type.key.includes("64")))

const codecOf = (model: ServiceModel): AnyCodec => compileCodecs(model).get("Any") as AnyCodec

describe("a generated codec", () => {
  it("reads what it wrote", () => {
    fc.assert(
      fc.property(both, ({ model, value }) => {
        const codec = codecOf(model)
        expect(plain(decode(codec, encode(codec, value)))).toEqual(plain(value))
      }),
      { numRuns: 150 },
    )
  })

  it("reads what protobufjs wrote, packed or not", () => {
    fc.assert(
      fc.property(both, fc.boolean(), ({ model, value }, packed) => {
        fc.pre(!hasLongKeys(model))
        const bytes = toProto(model, packed)
          .lookupType("Any")
          .encode(forProto(value) as Value)
          .finish()
        expect(plain(decode(codecOf(model), bytes))).toEqual(plain(value))
      }),
      { numRuns: 150 },
    )
  })

  it("writes what protobufjs reads", () => {
    fc.assert(
      fc.property(both, ({ model, value }) => {
        fc.pre(!hasLongKeys(model))
        const codec = codecOf(model)
        const type = toProto(model).lookupType("Any")
        const theirs = type.decode(encode(codec, value))
        expect(plain(decode(codec, type.encode(theirs).finish()))).toEqual(plain(value))
        const object = type.toObject(theirs, { longs: Number, defaults: true, arrays: true, objects: true })
        const flat = Object.entries(value).filter(([, one]) => typeof one !== "object" && one !== undefined)
        for (const [key, one] of flat) expect(object[key]).toBe(one)
      }),
      { numRuns: 150 },
    )
  })

  it("keeps the fields that it does not know, and writes them again", () => {
    fc.assert(
      fc.property(both, fc.integer({ min: 0, max: 7 }), ({ model, value }, keep) => {
        const newer = codecOf(model)
        const any = model.structs[1] as ServiceModel["structs"][number]
        const older = codecOf({
          ...model,
          structs: [model.structs[0] as typeof any, { ...any, fields: any.fields.filter((_, i) => i < keep) }],
        })
        const through = encode(older, decode(older, encode(newer, value)))
        expect(plain(decode(newer, through))).toEqual(plain(value))
      }),
      { numRuns: 150 },
    )
  })

  it("answers any bytes with a value or a CodecError, soon", () => {
    const mutated = both.chain((one) =>
      fc.record({
        one: fc.constant(one),
        at: fc.nat(),
        byte: fc.integer({ min: 0, max: 255 }),
        cut: fc.nat(),
        junk: fc.option(fc.uint8Array({ maxLength: 100 })),
      }),
    )
    fc.assert(
      fc.property(mutated, ({ one, at, byte, cut, junk }) => {
        const codec = codecOf(one.model)
        const bytes = junk ?? encode(codec, one.value).slice()
        if (bytes.length > 0) bytes[at % bytes.length] = byte
        try {
          decode(codec, bytes.subarray(0, bytes.length - (cut % (bytes.length + 1))))
        } catch (error) {
          expect((error as Error).name).toBe("CodecError")
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe("a codec's limits", () => {
  const model = toModel([
    { tag: 1, name: "inner", type: { is: "struct", name: "Inner" }, occurs: "many", doc: "" },
    { tag: 2, name: "big", type: scalarType("uint64"), occurs: "one", doc: "" },
    { tag: 3, name: "text", type: scalarType("string"), occurs: "one", doc: "" },
  ])
  const codec = codecOf(model)
  const nested = (depth: number): Value => (depth === 0 ? { number: 1 } : { number: 1, again: nested(depth - 1) })

  it("refuse nesting without end, both ways", () => {
    expect(() => encode(codec, { inner: [nested(100)] })).toThrow("cannot write Inner: it is nested deeper than 64")
    expect(plain(decode(codec, encode(codec, { inner: [nested(50)] })))).toBeTruthy()
    const bytes: number[] = []
    for (let i = 0; i < 60; i++) bytes.unshift(0x1a, bytes.length)
    const deeper = Uint8Array.from([0x0a, bytes.length, ...bytes])
    expect(plain(decode(codec, deeper))).toBeTruthy()
    const proto = toProto(model).lookupType("Any")
    expect(() => decode(codec, proto.encode({ inner: [nested(90)] }).finish())).toThrow("nested deeper than 64")
  })

  it("refuse numbers beyond 2^53, a list of empty structs that would fill the memory, and a length beyond the end", () => {
    expect(() => decode(codec, Uint8Array.from([16, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]))).toThrow(
      "beyond 2^53",
    )
    expect(() => encode(codec, { big: 2 ** 53 })).toThrow(
      "cannot write Any.big: 9007199254740992 is no uint64 up to 2^53 − 1",
    )
    expect(() => encode(codec, { big: -1 })).toThrow("cannot write Any.big: -1 is no uint64")
    expect(() => encode(codec, { text: 5 })).toThrow("cannot write Any.text: 5 is no string")
    const empties = new Uint8Array(600_000)
    for (let i = 0; i < empties.length; i += 2) empties[i] = 10
    expect(() => decode(codec, empties)).toThrow("more than 262144 items")
    expect(() => decode(codec, Uint8Array.from([26, 255, 255, 255, 15]))).toThrow("truncated at byte 5")
    expect(() => decode(codec, Uint8Array.from([26, 1, 0xff]))).toThrow("text is not UTF-8 at byte 2")
  })

  it("hold for a million unknown fields in between: time grows with the bytes alone", () => {
    const bytes = new Uint8Array(2_000_000)
    for (let i = 0; i < bytes.length; i += 4) bytes.set([16, 1, 40, 1], i)
    const from = performance.now()
    const value = decode(codec, bytes)
    expect((value.$unknown as Uint8Array).length).toBe(1_000_000)
    expect(performance.now() - from).toBeLessThan(3_000)
  })

  it("leave no trace of a refused value in the next", () => {
    expect(() => encode(codec, { inner: [{ number: 1 }], big: -1 })).toThrow()
    expect(encode(codec, { big: 1 })).toEqual(Uint8Array.from([16, 1]))
  })
})
