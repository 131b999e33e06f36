/** `npm run chat`: the terminal client, told where the IM of this installation is. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { runTerminal, type TerminalOptions } from "@ossagent/im-client/terminal"
import { parseCommandLine, USAGE } from "@ossagent/im-client/terminal/config"
import { parseLaunchConfig } from "./config.ts"
import { readSecrets } from "./secrets.ts"
import { portsOf } from "./services.ts"

const EVERYWHERE = new Set(["0.0.0.0", "::"])

/** Throws Error when nothing says where the service is. */
function readService(env: NodeJS.ProcessEnv): Pick<TerminalOptions, "dispatch" | "appKey"> {
  const { port, host, dataDir } = parseLaunchConfig(env)
  if (!existsSync(join(dataDir, "secrets.json")))
    throw new Error(
      `nothing was started with ${dataDir} yet: run npm start first, or give --dispatch URL and the app key in OSSAGENT_IM_APP_KEY`,
    )
  const at = EVERYWHERE.has(host) ? "127.0.0.1" : host
  return { dispatch: `http://${at}:${portsOf(port).dispatch}`, appKey: readSecrets(dataDir).secrets.imAppKey }
}

async function main(): Promise<number> {
  const { help, dispatch, ...given } = parseCommandLine(process.argv.slice(2))
  if (help) {
    process.stdout.write(
      `npm run chat -- ${USAGE.slice("chat ".length)}Without --dispatch: the service that npm start runs.\n`,
    )
    return 0
  }
  const { OSSAGENT_IM_APP_KEY: appKey, OSSAGENT_DATA: data } = process.env
  const other = dispatch !== undefined && appKey ? { dispatch, appKey } : null
  const service = other ?? { ...readService(process.env), ...(dispatch === undefined ? {} : { dispatch }) }
  const dataDir = given.dataDir ?? data ?? "data"
  return runTerminal({ ...given, ...service, dataDir, streams: { input: process.stdin, output: process.stdout } })
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`chat: ${error.message}\n`)
    process.exit(1)
  },
)
