import type { ServiceModel, StoreModel } from "../describe/model.ts"
import { toCamel, toPascal } from "../describe/names.ts"
import { tsType } from "./types.ts"

/** The text of a service's `stores.ts`: its stores, and how they are opened. */
export function storesFile(model: ServiceModel): string {
  const pascal = toPascal(model.name)
  const values = [...new Set(model.stores.map(({ value }) => value))].sort()
  const imports = values.flatMap((name) => [`type ${name}`, `${name}Codec`, `type ${name}Init`])
  return `import type { Store, StoreOpener } from "@ossagent/svrkit/store"
import {\n${imports.map((one) => `  ${one},`).join("\n")}\n} from "./${model.name}.codec.ts"

/** Where ${model.name} keeps what. */
export interface ${pascal}Stores {
${model.stores.map(memberText).join("\n")}
}

export function open${pascal}Stores(open: StoreOpener): ${pascal}Stores {
  return {
${model.stores.map((store) => openText(model.name, store)).join("\n")}
  }
}
`
}

const memberName = (store: StoreModel): string => toCamel(toPascal(store.name))

function memberText(store: StoreModel): string {
  const { doc, mode, key, value } = store
  const said = doc === "" ? mode : `${mode}: ${doc.replaceAll("*/", "* /")}`
  const keyType = tsType({ is: "scalar", scalar: key })
  return `  /** ${said} */\n  ${memberName(store)}: Store<${keyType}, ${value}, ${value}Init>`
}

const openText = (service: string, store: StoreModel): string =>
  `    ${memberName(store)}: open({ service: "${service}", name: "${store.name}", mode: "${store.mode}", key: "${store.key}", value: ${store.value}Codec }),`
