/**
 * describe: a service's XML → its model. In comes the text of one file, out goes a `ServiceModel` or a `DescriptionError` that lists
 * every fault with its line and column. `generate/` and the command line read the model.
 */

export const SCALARS = [
  "int32",
  "uint32",
  "sint32",
  "int64",
  "uint64",
  "sint64",
  "fixed32",
  "sfixed32",
  "fixed64",
  "sfixed64",
  "float",
  "double",
  "bool",
  "string",
  "bytes",
] as const
export type Scalar = (typeof SCALARS)[number]
export const isScalar = (name: string): name is Scalar => (SCALARS as readonly string[]).includes(name)

/** What one value of a field is. 64-bit numbers are JavaScript numbers within ±(2^53 − 1); others are refused, never rounded. */
export type FieldType =
  | { is: "scalar"; scalar: Scalar }
  | { is: "enum"; name: string }
  | { is: "struct"; name: string }
  | { is: "map"; key: Scalar; value: Exclude<FieldType, { is: "map" }> }

/**
 * How often a field stands in its type. `one`: always there, a missing one reads as its default (0, "", an empty struct);
 * `optional`: may be absent; `many`: a list, or a map.
 */
export type Occurs = "one" | "optional" | "many"

export interface Field {
  tag: number
  name: string
  type: FieldType
  occurs: Occurs
  doc: string
}

export interface Struct {
  name: string
  /** In the order of their tags. */
  fields: readonly Field[]
  doc: string
}

export interface EnumModel {
  name: string
  values: readonly { name: string; number: number; doc: string }[]
  doc: string
}

export interface MethodModel {
  name: string
  number: number
  request: string
  reply: string
  /** Business priority, 0 the most important, 255 the least. */
  priority: number
  /** Deadline where the caller states none. */
  timeoutMs: number
  /** `optional`: callers go on without its answer. */
  need: "needed" | "optional"
  /** Running it twice equals running it once: it may be tried again after a lost connection. */
  idempotent: boolean
  doc: string
}

export interface ErrorModel {
  code: string
  /** Whether the caller may try the same call again. */
  retry: boolean
  doc: string
}

export const STORE_MODES = ["primary", "dual", "quorum"] as const
export type StoreMode = (typeof STORE_MODES)[number]

/** `primary`: one writes, its copy follows. `dual`: two independent sides, the newest wins. `quorum`: three, two of which must agree. */
export interface StoreModel {
  name: string
  mode: StoreMode
  key: Scalar
  value: string
  doc: string
}

/** Another service that this one calls. */
export interface NeedModel {
  service: string
  /** This one goes on without its answers. */
  optional: boolean
  /** No call of it takes longer; null: as its methods say. */
  withinMs: number | null
  /** The folder of its description, relative to this one's. */
  from: string
  doc: string
}

export interface ServiceModel {
  name: string
  doc: string
  enums: readonly EnumModel[]
  structs: readonly Struct[]
  methods: readonly MethodModel[]
  errors: readonly ErrorModel[]
  stores: readonly StoreModel[]
  needs: readonly NeedModel[]
}

export interface Place {
  line: number
  column: number
}

export interface Fault extends Place {
  why: string
}

/** All faults of one description, a line each: `file:line:column: why`. */
export class DescriptionError extends Error {
  override readonly name = "DescriptionError"
  readonly faults: readonly Fault[]
  constructor(file: string, faults: readonly Fault[]) {
    const sorted = [...faults].sort((a, b) => a.line - b.line || a.column - b.column)
    super(sorted.map(({ line, column, why }) => `${file}:${line}:${column}: ${why}`).join("\n"))
    this.faults = sorted
  }
}
