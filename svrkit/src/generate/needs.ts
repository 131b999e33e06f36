import type { NeedModel, ServiceModel } from "../describe/model.ts"
import { toCamel, toConstant, toPascal } from "../describe/names.ts"

/** The text of a service's `needs.ts`: ways to the services that it calls, of the kind that its description states. */
export function needsFile(model: ServiceModel): string {
  const needs = [...model.needs].sort((a, b) => (a.service < b.service ? -1 : 1))
  const imports = needs.flatMap((need) => {
    const folder = `${need.from.startsWith(".") ? `../${need.from}` : need.from}/generated/${need.service}`
    const type = clientType(need)
    return [
      `import { create${type}, type ${type} } from "${folder}.client.ts"`,
      `import { ${toConstant(need.service)} } from "${folder}.table.ts"`,
    ]
  })
  return `import type { Channel, ChannelSettings } from "@ossagent/svrkit/rpc"
import type { ServiceTable } from "@ossagent/svrkit/codec"
${imports.join("\n")}

/** Makes channels: a service's \`rpc\`. */
interface Caller {
  channel: (table: ServiceTable, targets: readonly string[], settings?: Partial<ChannelSettings>) => Channel
}

/** What ${model.name} calls. A call of an optional one never fails ${model.name}: it answers what came, or why nothing did. */
export const ${toCamel(toPascal(model.name))}Needs = {
${needs.map(needText).join("\n")}
}
`
}

const clientType = ({ service, optional }: NeedModel): string =>
  `${optional ? "Optional" : ""}${toPascal(service)}Client`

function needText(need: NeedModel): string {
  const { service, optional, withinMs, doc } = need
  const kind = `${optional ? "optional" : "needed"}${withinMs === null ? "" : `, within ${withinMs} ms`}`
  const settings = withinMs === null ? "" : `, { withinMs: ${withinMs} }`
  const said = doc === "" ? kind : `${kind}: ${doc.replaceAll("*/", "* /")}`
  return `  /** ${said} */
  ${toCamel(toPascal(service))}: (rpc: Caller, targets: readonly string[]): ${clientType(need)} =>
    create${clientType(need)}(rpc.channel(${toConstant(service)}, targets${settings})),`
}
