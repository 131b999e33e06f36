/** Forms of names, and those that generated TypeScript cannot use. */
export const SERVICE_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
export const TYPE_NAME = /^[A-Z][A-Za-z0-9]{0,63}$/
export const FIELD_NAME = /^[a-z][A-Za-z0-9]{0,63}$/
export const ERROR_CODE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/

/** Names of types that would hide a global that generated code uses. */
export const TAKEN_TYPES: ReadonlySet<string> = new Set([
  "Array",
  "Boolean",
  "CallOptions",
  "Channel",
  "Codec",
  "Error",
  "Map",
  "Method",
  "Number",
  "Object",
  "Outcome",
  "Partial",
  "Promise",
  "Reader",
  "Readonly",
  "ReadonlyMap",
  "Record",
  "RpcError",
  "RpcServer",
  "ServerCall",
  "ServiceTable",
  "Store",
  "StoreOpener",
  "String",
  "Uint8Array",
  "Unknown",
  "Writer",
])

/** Names of fields and methods that an object cannot safely carry. */
export const TAKEN_FIELDS: ReadonlySet<string> = new Set(["constructor", "prototype", "then", "toString", "valueOf"])

export const toCamel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)
export const toPascal = (name: string): string =>
  name
    .split("-")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("")
export const toConstant = (name: string): string => name.replace(/-/g, "_").toUpperCase()
