import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Fault, History } from "./judge/history.ts"

/** Events of so long before and after what a fault is about are shown with it, ms. */
const AROUND_MS = 10_000

export interface Event {
  /** ms of the book's clock. */
  at: number
  what: string
}

/** What was done to the system, and what it should not have done by itself. */
export class Diary {
  readonly events: Event[] = []
  readonly troubles: Fault[] = []
  private readonly say: (line: string) => void
  private from = 0

  constructor(say: (line: string) => void) {
    this.say = say
  }

  /** The storm begins. */
  begin(at: number): void {
    this.from = at
  }

  note(at: number, what: string): void {
    this.events.push({ at, what })
    this.say(what)
  }

  trouble(what: string): void {
    const at = performance.now()
    this.troubles.push({ kind: "ended", uid: 0, what: `${((at - this.from) / 1_000).toFixed(1)} s: ${what}` })
    this.note(at, `   !! ${what}`)
  }
}

export interface Report {
  options: { seed: string; seconds: number }
  faults: readonly Fault[]
  history: History
  events: readonly Event[]
}

/** Writes `report.txt`, with each fault and what is known of its message, and `history.json`. */
export async function writeReport(dir: string, report: Report): Promise<void> {
  const { seed, seconds } = report.options
  const head = [`seed ${seed}, ${seconds} s; again: ${toCommand(report.options)}`, ""]
  const faults = report.faults.flatMap((fault) => [...toLines(fault, report), ""])
  const events = ["The storm:", ...report.events.map(({ at, what }) => `  ${at.toFixed(0)} ms  ${what.trim()}`), ""]
  await writeFile(join(dir, "report.txt"), [...head, ...faults, ...events].join("\n"))
  await writeFile(join(dir, "history.json"), JSON.stringify(report.history, infinite, 1))
}

export const toCommand = ({ seed, seconds }: Report["options"]): string =>
  `npm run check-history -- --seconds ${seconds} --seed ${seed}`

/** JSON knows no infinity. */
const infinite = (_: string, value: unknown): unknown => (value === Number.POSITIVE_INFINITY ? "never" : value)

function toLines(fault: Fault, { history, events }: Report): string[] {
  const { kind, uid, what, about } = fault
  const lines = [`FAULT ${kind}${uid === 0 ? "" : `, user ${uid}`}: ${what}`]
  if (about === undefined) return lines
  const attempt = history.attempts.find((one) => one.uid === about.uid && one.clientId === about.clientId)
  const rows = history.users.flatMap((user) =>
    user.rows
      .filter(({ from, clientId }) => from === about.uid && clientId === about.clientId)
      .map((row) => `  in the mailbox of ${user.uid}: ${JSON.stringify(row)}`),
  )
  if (attempt === undefined) return [...lines, ...rows]
  const { begunAt, endedAt } = attempt
  const near = events.filter(({ at }) => at > begunAt - AROUND_MS && at < endedAt + AROUND_MS)
  const stays = history.stays.filter(({ gid }) => gid === attempt.chat)
  return [
    ...lines,
    `  tried: ${JSON.stringify(attempt, infinite)}`,
    ...rows,
    ...stays.map((stay) => `  in the group: ${JSON.stringify(stay, infinite)}`),
    ...near.map((event) => `  at ${event.at.toFixed(0)} ms: ${event.what.trim()}`),
  ]
}
