import { Attributes } from "./attributes.ts"
import { findCycle } from "./cycles.ts"
import { type Element, parseElements } from "./elements.ts"
import {
  DescriptionError,
  type ErrorModel,
  type Fault,
  type MethodModel,
  type Scalar,
  type ServiceModel,
  STORE_MODES,
  type StoreModel,
} from "./model.ts"
import { ERROR_CODE, SERVICE_NAME, TAKEN_FIELDS, TYPE_NAME, toCamel, toPascal } from "./names.ts"
import { readNeed } from "./need.ts"
import { type Known, readEnum, readStruct } from "./struct.ts"

/** The model of the service that `text` describes. Throws DescriptionError that lists every fault; `file` is only its name in them. */
export function parseService(file: string, text: string): ServiceModel {
  const root = parseElements(file, text)
  const faults: Fault[] = []
  const own = new Attributes(root, faults)
  if (root.name !== "service") own.fault(`the root must be <service>, not <${root.name}>`)
  const name = own.named("name", SERVICE_NAME, "shop or shop-front")
  const doc = own.optional("doc") ?? ""
  own.finish(["enum", "type", "method", "error", "store", "needs"])
  const children = (kind: string): Element[] => root.children.filter((child) => child.name === kind)
  const known = readNames(root, faults)
  const enums = children("enum").map((one) => readEnum(one, faults))
  const structs = children("type").map((one) => readStruct(one, known, faults))
  const methods = children("method").map((one) => readMethod(one, known, faults))
  const errors = children("error").map((one) => readError(one, faults))
  const stores = children("store").map((one) => readStore(one, known, faults))
  const needs = children("needs").map((one) => readNeed(one, name, faults))
  refuseTwice(children("needs"), ["service"], faults)
  refuseTwice(children("method"), ["name", "number"], faults)
  refuseTwice(children("error"), ["code"], faults)
  refuseTwice(children("store"), ["name"], faults)
  const byName = new Map(structs.map((struct) => [struct.name, struct]))
  for (const element of children("type")) {
    const struct = byName.get(element.attributes.get("name")?.value ?? "")
    const way = struct === undefined ? null : findCycle(struct, byName)
    const why = `${struct?.name} contains itself by value: ${way}; make one of these fields optional or repeated`
    if (way !== null) faults.push({ line: element.line, column: element.column, why })
  }
  if (methods.length === 0 && root.name === "service") own.fault(`the service ${name} has no method`)
  if (faults.length > 0) throw new DescriptionError(file, faults)
  return { name, doc, enums, structs, methods, errors, stores, needs }
}

/** Names of types and enums; a name is used once in a file. */
function readNames(root: Element, faults: Fault[]): Known {
  const known = { structs: new Set<string>(), enums: new Set<string>() }
  const lines = new Map<string, number>()
  for (const element of root.children.filter(({ name }) => name === "type" || name === "enum")) {
    const given = element.attributes.get("name")
    if (given === undefined) continue
    const before = lines.get(given.value)
    if (before !== undefined) faults.push({ ...given, why: `the name ${given.value} stands in line ${before} already` })
    lines.set(given.value, element.line)
    known[element.name === "type" ? "structs" : "enums"].add(given.value)
  }
  for (const [name, line] of lines) {
    const base = name.replace(/(Init|Codec)$/, "")
    if (base !== name && lines.has(base))
      faults.push({ line, column: 1, why: `${name} is taken: it is generated for ${base}` })
  }
  const service = toPascal(root.attributes.get("name")?.value ?? "")
  for (const name of [
    `Optional${service}Client`,
    ...["Client", "Handlers", "ErrorCode", "Stores"].map((end) => service + end),
  ]) {
    const line = lines.get(name)
    if (line !== undefined) faults.push({ line, column: 1, why: `${name} is taken: it is generated for the service` })
  }
  return known
}

function refuseTwice(elements: readonly Element[], attributes: readonly string[], faults: Fault[]): void {
  for (const attribute of attributes) {
    const seen = new Map<string, number>()
    for (const element of elements) {
      const given = element.attributes.get(attribute)
      if (given === undefined) continue
      const before = seen.get(given.value)
      const why = `another <${element.name}> has the ${attribute} ${given.value}, in line ${before}`
      if (before !== undefined) faults.push({ line: given.line, column: given.column, why })
      else seen.set(given.value, element.line)
    }
  }
}

function readMethod(element: Element, known: Known, faults: Fault[]): MethodModel {
  const own = new Attributes(element, faults)
  const method: MethodModel = {
    name: own.named("name", TYPE_NAME, "SendMessage"),
    number: own.whole("number", { min: 1, max: 65_535 }),
    request: structName(own, "request", known),
    reply: structName(own, "reply", known),
    priority: own.whole("priority", { min: 0, max: 255, standard: 128 }),
    timeoutMs: own.whole("timeoutMs", { min: 1, max: 600_000, standard: 1_000 }),
    need: own.oneOf("need", ["needed", "optional"], "needed"),
    idempotent: own.flag("idempotent"),
    doc: own.optional("doc") ?? "",
  }
  if (TAKEN_FIELDS.has(toCamel(method.name))) own.fault(`${method.name} is taken: an object has it of its own`, "name")
  own.finish()
  return method
}

function structName(own: Attributes, attribute: string, known: Known): string {
  const name = own.text(attribute)
  if (name !== "" && !known.structs.has(name))
    own.fault(`unknown type ${JSON.stringify(name)}: this file has no <type> of that name`, attribute)
  return name
}

function readError(element: Element, faults: Fault[]): ErrorModel {
  const own = new Attributes(element, faults)
  const error = {
    code: own.named("code", ERROR_CODE, "sold_out"),
    retry: own.flag("retry"),
    doc: own.text("doc"),
  }
  own.finish()
  return error
}

const STORE_KEYS: readonly Scalar[] = ["uint64", "int64", "uint32", "int32", "string", "bytes"]

function readStore(element: Element, known: Known, faults: Fault[]): StoreModel {
  const own = new Attributes(element, faults)
  const store = {
    name: own.named("name", SERVICE_NAME, "accounts"),
    mode: own.oneOf("mode", STORE_MODES),
    key: own.oneOf("key", STORE_KEYS),
    value: structName(own, "value", known),
    doc: own.optional("doc") ?? "",
  }
  own.finish()
  return store
}
