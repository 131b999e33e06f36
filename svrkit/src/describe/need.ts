import { Attributes } from "./attributes.ts"
import type { Element } from "./elements.ts"
import type { Fault, NeedModel } from "./model.ts"
import { SERVICE_NAME } from "./names.ts"

/** Where the generated client of a service stands, seen from the describing file's folder. */
const FOLDER = /^[\w@./-]+$/

export function readNeed(element: Element, self: string, faults: Fault[]): NeedModel {
  const own = new Attributes(element, faults)
  const service = own.named("service", SERVICE_NAME, "shop or shop-front")
  const optional = own.flag("optional")
  const withinMs = own.optional("withinMs") === undefined ? null : own.whole("withinMs", { min: 1, max: 600_000 })
  const from = own.optional("from") ?? `../${service}`
  const need = { service, optional, withinMs, from, doc: own.optional("doc") ?? "" }
  if (!FOLDER.test(from)) own.fault(`${JSON.stringify(from)} is no folder: it must be like ../shop`, "from")
  if (service === self && service !== "") own.fault("a service does not need itself", "service")
  own.finish()
  return need
}
