import { parseArgs } from "node:util"
import { toCommand } from "./report.ts"
import { type Counts, check } from "./run.ts"

const MOST_SHOWN = 30
const MOST_SECONDS = 24 * 3_600
const LEAST_SECONDS = 10

const HELP = `npm run check-history -- [--seconds N | --minutes N] [--seed TEXT]

Runs every service in processes of its own on a PostgreSQL of their own, lets ten people with several devices write to each other, in
groups too, recall, come and go, and meanwhile kills and stops services, restarts PostgreSQL, cuts, slows and empties connections. Then each
user's history is checked: nothing acknowledged is lost, nothing is there twice, the order is that of the numbers, no reader was made to skip
one, all devices agree, no number fell, nobody was refused what they may do, and no process ended by itself.

  --seconds N  length of the storm, ${LEAST_SECONDS} to ${MOST_SECONDS}; default 60
  --minutes N  the same in minutes
  --seed TEXT  repeats the blows and the choices of an earlier check; default: a new one
  --keep       keeps report, history and logs also when all is well
  --help       this text

Exit codes: 0 every promise held; 1 one did not, then a report, the history and all logs are kept and their place is printed;
2 the arguments are wrong; 130 ended by Ctrl-C.
`
const say = (line: string): void => void process.stdout.write(`${line}\n`)

function readArguments(): { seed: string; seconds: number; keep: boolean } | string {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: "string" },
        minutes: { type: "string" },
        seed: { type: "string" },
        keep: { type: "boolean", default: false },
        help: { type: "boolean" },
      },
    })
    if (values.help) {
      process.stdout.write(HELP)
      process.exit(0)
    }
    const seconds = values.minutes !== undefined ? Number(values.minutes) * 60 : Number(values.seconds ?? 60)
    if (!(seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS))
      return `the storm must last ${LEAST_SECONDS} to ${MOST_SECONDS} s`
    return { seconds, keep: values.keep, seed: values.seed ?? String(Date.now() % 1_000_000_000) }
  } catch (error) {
    return (error as Error).message
  }
}

/** The first signal ends the check in order, a second one at once: services and PostgreSQL end with this process. */
function toSignal(): AbortSignal {
  const controller = new AbortController()
  const end = (): void => {
    if (controller.signal.aborted) process.exit(130)
    say("ending: services are stopped")
    controller.abort()
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end)
  return controller.signal
}

const toWords = (counts: Counts): string =>
  Object.entries(counts)
    .map(([name, value]) => `${value} ${name}`)
    .join(", ")

async function main(): Promise<number> {
  const asked = readArguments()
  if (typeof asked === "string") {
    process.stderr.write(`check-history: ${asked}\n\n${HELP}`)
    return 2
  }
  say(`check-history: ${asked.seconds} s, seed ${asked.seed}; again: ${toCommand(asked)}`)
  const signal = toSignal()
  try {
    const { faults, counts, kept } = await check({ ...asked, say, signal })
    say(toWords(counts))
    for (const { kind, uid, what } of faults.slice(0, MOST_SHOWN))
      say(`FAULT ${kind}${uid === 0 ? "" : `, user ${uid}`}: ${what}`)
    if (faults.length > MOST_SHOWN) say(`and ${faults.length - MOST_SHOWN} more`)
    say(faults.length === 0 ? "every promise held" : `${faults.length} faults`)
    if (kept !== null) say(`see ${kept}/report.txt`)
    return faults.length === 0 ? 0 : 1
  } catch (error) {
    if (!signal.aborted) throw error
    return 130
  }
}

process.exit(await main())
