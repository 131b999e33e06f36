import { parseArgs } from "node:util"
import type { TerminalOptions } from "./run.ts"

const OPTIONS = {
  name: { type: "string" },
  register: { type: "boolean", default: false },
  dispatch: { type: "string" },
  data: { type: "string" },
  help: { type: "boolean", default: false },
} as const

export const USAGE = `chat [--name NAME] [--register] [--dispatch URL] [--data DIR]

  --name NAME      who you are; asked for when it is not given
  --register       make a new user of this name
  --dispatch URL   http://… of the service's dispatch
  --data DIR       where chat-NAME keeps what was said and the log-in; default data

The app key of the service stands in OSSAGENT_IM_APP_KEY. The password is asked for.
`

/** What stands on the command line. Throws Error for what it does not know. */
export function parseCommandLine(args: string[]) {
  const { values } = parseArgs({ args, options: OPTIONS })
  const { name, register, dispatch, data, help } = values
  if (dispatch !== undefined && !/^https?:\/\//.test(dispatch))
    throw new Error(`--dispatch has to be http://… or https://…, and is ${dispatch}`)
  return { name, register, dispatch, dataDir: data, help }
}

/** All of it, for a program of its own. Throws Error. */
export function readOptions(args: string[]): Omit<TerminalOptions, "streams"> | "help" {
  const { help, dispatch, dataDir = "data", ...given } = parseCommandLine(args)
  if (help) return "help"
  const appKey = process.env.OSSAGENT_IM_APP_KEY ?? ""
  if (dispatch === undefined) throw new Error("where is the service? Give --dispatch http://…")
  if (appKey === "") throw new Error("OSSAGENT_IM_APP_KEY is unset: the app key of the service")
  return { ...given, dispatch, appKey, dataDir }
}
