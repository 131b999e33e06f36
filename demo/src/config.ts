import { parseArgs } from "node:util"
import { z } from "zod"

const OPTIONS = {
  day: { type: "string" },
  people: { type: "string" },
  stop: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const

const whole = (least: number, most: number) =>
  z.coerce
    .number({ error: "is no number" })
    .int("must be whole")
    .min(least, `must be ${least} or more`)
    .max(most, `must be ${most} or less`)

const FORM = z.object({ day: whole(20, 86_400).default(300), people: whole(4, 200).default(14) })

export const USAGE = `demo [--day SECONDS] [--people N]
demo --stop

  --day SECONDS   how long the simulated day takes, 20 to 86400; default 300
  --people N      simulated people in the chat, 4 to 200; default 14 (an installation takes 20 registrations a minute)
  --stop          removes what the demo has made

It needs a running product: npm start in another terminal.
`

export interface CommandLine {
  daySec: number
  people: number
  stop: boolean
  help: boolean
}

/** What stands on the command line. Throws Error for what it does not know. */
export function parseCommandLine(args: string[]): CommandLine {
  const { values } = parseArgs({ args, options: OPTIONS })
  const parsed = FORM.safeParse(values)
  if (!parsed.success)
    throw new Error(parsed.error.issues.map(({ path, message }) => `--${path.join(".")} ${message}`).join("\n"))
  return { daySec: parsed.data.day, people: parsed.data.people, stop: values.stop, help: values.help }
}
