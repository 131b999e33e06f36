import { setTimeout as sleep } from "node:timers/promises"
import type { Fault, History } from "./judge/history.ts"
import { judge } from "./judge/judge.ts"
import type { Book } from "./people/book.ts"
import type { Person } from "./people/person.ts"
import { readStored } from "./people/stored.ts"
import { SETS, type System } from "./storm/system.ts"

/** What is on its way must arrive within this after the storm. */
const SETTLE_MS = 60_000
const LOOK_MS = 1_000
/** Looks in a row at which nothing may be on its way before the judge is asked: what comes twice comes late. */
const CALM_LOOKS = 2

interface SettleParts {
  system: System
  book: Book
  people: readonly Person[]
  say: (line: string) => void
  signal: AbortSignal
}

/** Waits until nothing is on its way any more, and has it judged; what is missing in the end is the verdict. */
export async function settle(parts: SettleParts): Promise<{ history: History; faults: Fault[] }> {
  const { system, say, signal } = parts
  const until = performance.now() + SETTLE_MS
  let said = ""
  for (let calm = 0; ; ) {
    const { users, jobs } = await readStored(system.databaseUrl, SETS)
    const history = toHistory(parts, users)
    const waits = whatWaits(history, jobs)
    calm = waits === "" ? calm + 1 : 0
    const over = performance.now() > until
    if (calm >= CALM_LOOKS || over) {
      const faults = judge(history)
      if (faults.length === 0 || over) return { history, faults }
      say(`settling: ${faults.length} things are not as they should be yet`)
    } else if (waits !== said && waits !== "") say(`settling: ${waits}`)
    said = waits
    await sleep(LOOK_MS, undefined, { signal })
  }
}

function toHistory({ book, people }: SettleParts, users: History["users"]): History {
  for (const person of people) person.note()
  const attempts = [...book.attempts.values()].map((one) => ({ ...one }))
  return { users, devices: book.devices, attempts, stays: book.stays, blocks: book.blocks }
}

/** Empty: nothing. */
function whatWaits({ users, devices, attempts }: History, jobs: number): string {
  const newest = new Map(
    users.map(({ uid, rows, states }) => [uid, Math.max(rows.at(-1)?.seq ?? 0, states.at(-1)?.seq ?? 0)]),
  )
  const open = attempts.filter(({ outcome }) => outcome === "unknown").length
  const behind = devices.filter(({ uid, pages }) => (pages.at(-1)?.seq ?? 0) < (newest.get(uid) ?? 0)).length
  const all = [
    [jobs, "jobs of groups"],
    [open, "messages without an answer"],
    [behind, "devices behind"],
  ] as const
  return all.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(", ")
}
