import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { SERVICE_NAME, toPascal } from "../describe/names.ts"
import { generate } from "./generate.ts"
import { UsageError } from "./usage.ts"

/** Makes a service's folder; answers what to tell. Throws UsageError for a bad name and a folder that is there. */
export function createService(name: string, directory: string): string[] {
  if (!SERVICE_NAME.test(name))
    throw new UsageError(`cannot make ${JSON.stringify(name)}: a name is like shop or shop-front`)
  const folder = join(directory, name)
  if (existsSync(folder)) throw new UsageError(`cannot make ${folder}: it is there already`)
  const files: Record<string, string> = {
    "package.json": packageText(name),
    "tsconfig.json": TSCONFIG,
    [`src/${name}.xml`]: xmlText(name),
    [`src/${name}.ts`]: handlersText(name),
    "src/main.ts": mainText(name),
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  generate([join(folder, "src", `${name}.xml`)], false)
  return [
    `${folder} is there. What it says and does:`,
    `  ${join(folder, "src", `${name}.xml`)}   types and methods; after a change: npx svrkit generate`,
    `  ${join(folder, "src", `${name}.ts`)}    the function to fill in`,
    "Run it:",
    `  cd ${folder} && npm run build && OSSAGENT_RPC_TOKEN=… ${envName(name)}_RPC_PORT=7500 npm start`,
    `  OSSAGENT_RPC_TOKEN=… npx svrkit call src/${name}.xml Greet --name World --target 127.0.0.1:7500`,
  ]
}

const envName = (name: string): string => name.replaceAll("-", "_").toUpperCase()

const packageText = (name: string): string =>
  `${JSON.stringify(
    {
      name,
      version: "0.1.0",
      private: true,
      type: "module",
      engines: { node: ">=20.20" },
      scripts: {
        build: "svrkit generate && tsc",
        start: "node dist/main.js",
        check: "svrkit generate --check && tsc --noEmit",
      },
      dependencies: { "@ossagent/svrkit": "0.1.0" },
    },
    null,
    2,
  )}\n`

const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2023",
    "lib": ["es2023"],
    "module": "nodenext",
    "types": ["node"],
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "rewriteRelativeImportExtensions": true,
    "skipLibCheck": true,
    "rootDir": "src",
    "outDir": "dist"
  },
  "include": ["src"]
}
`

const xmlText = (name: string): string => `<service xmlns="urn:ossagent:svrkit:1" name="${name}" doc="Says hello.">
  <type name="GreetRequest">
    <field tag="1" name="name" type="string"/>
    <field tag="2" name="times" type="uint32"/>
  </type>
  <type name="GreetReply">
    <field tag="1" name="text" type="string"/>
  </type>
  <error code="no_name" doc="Nobody was named."/>
  <method name="Greet" number="1" request="GreetRequest" reply="GreetReply" priority="50" timeoutMs="500" idempotent="true"/>
</service>
`

function handlersText(name: string): string {
  const error = `${toPascal(name).charAt(0).toLowerCase()}${toPascal(name).slice(1)}Error`
  return `import { ${error}, type ${toPascal(name)}Handlers } from "./generated/${name}.server.ts"

/** What ${name} does: fill in here. */
export const handlers: ${toPascal(name)}Handlers = {
  greet: ({ name, times }) => {
    if (name === "") throw ${error}("no_name", "cannot greet: nobody was named")
    return { text: \`Hello, \${name}\${"!".repeat(times % 10)}\` }
  },
}
`
}

const mainText = (name: string): string => `import { defineRpcService } from "@ossagent/svrkit"
import { serve${toPascal(name)} } from "./generated/${name}.server.ts"
import { handlers } from "./${name}.ts"

const service = defineRpcService({
  name: "${name}",
  start: ({ rpc }) => serve${toPascal(name)}(rpc, handlers),
})

await service.run()
`
