/**
 * One check of the whole: a `System` in a storm from a `schedule`, `people` who write meanwhile, and in the end the judge, who looks at what they
 * were told, what their devices read and what is stored.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { toSyncKey, trySyncKey } from "@ossagent/im-client/protocol"
import type { Fault, History } from "./judge/history.ts"
import { Book } from "./people/book.ts"
import { Person } from "./people/person.ts"
import { World } from "./people/world.ts"
import { createRandom } from "./random.ts"
import { Diary, writeReport } from "./report.ts"
import { settle } from "./settle.ts"
import { toSchedule, toText } from "./storm/schedule.ts"
import { System, TARGETS } from "./storm/system.ts"

const PEOPLE = 10
/** The storm ends so long before the people do. */
const QUIET_MS = 3_000
const PROGRESS_MS = 5_000

export interface CheckOptions {
  seed: string
  seconds: number
  say: (line: string) => void
  /** Logs and history are not put away when all is well. */
  keep?: boolean
  /** Ends the check early; it then rejects with the reason. */
  signal: AbortSignal
}

export interface Verdict {
  faults: Fault[]
  counts: Counts
  /** Where the report, the history and the logs lie; null: they are put away. */
  kept: string | null
}

/** What happened, for people and for a test that wants to see that something did. */
export interface Counts {
  acked: number
  refused: number
  unknown: number
  recalls: number
  pages: number
  devices: number
  stays: number
  blocks: number
  blows: number
}

export async function check(options: CheckOptions): Promise<Verdict> {
  const { seed, say, signal } = options
  const dir = await mkdtemp(join(tmpdir(), "ossagent-check-"))
  const diary = new Diary(say)
  const system = new System({ dir, onTrouble: (message) => diary.trouble(message) })
  const book = new Book(() => performance.now())
  const people: Person[] = []
  let kept = true
  try {
    await system.start()
    say("all services run, each in processes of its own")
    people.push(...(await gather(system, book, seed)))
    say(`${people.length} people are there, with two devices each, and friends of each other`)
    signal.throwIfAborted()
    const blows = await storm(system, people, { ...options, book, diary })
    await readAnew(people)
    const { history, faults: found } = await settle({ system, book, people, say, signal })
    const faults = [...found, ...diary.troubles]
    kept = faults.length > 0 || options.keep === true
    if (kept) await writeReport(dir, { options, faults, history, events: diary.events })
    return { faults, counts: count(history, blows), kept: kept ? dir : null }
  } finally {
    for (const person of people) person.end()
    await Promise.allSettled(people.map((person) => person.stop()))
    await system.stop()
    await rm(kept && !signal.aborted ? join(dir, "postgres") : dir, { recursive: true, force: true })
  }
}

async function gather(system: System, book: Book, seed: string): Promise<Person[]> {
  const { dispatchUrl, appKey } = system
  const world = new World(book)
  const random = createRandom(seed).branch("people")
  const people = Array.from({ length: PEOPLE }, (_, i) => {
    const name = `person-${i + 1}`
    return new Person(name, { place: { dispatchUrl, appKey }, book, world, random: random.branch(name) })
  })
  await Promise.all(people.map((person) => person.arrive()))
  for (const [i, person] of people.entries()) await person.befriend(people.slice(i + 1))
  return people
}

interface StormOptions extends CheckOptions {
  book: Book
  diary: Diary
}

/** People live, blows fall; answers how many. */
async function storm(system: System, people: readonly Person[], options: StormOptions): Promise<number> {
  const { seed, seconds, say, signal, book, diary } = options
  const lives = Promise.all(people.map((person) => person.live()))
  const endMs = seconds * 1_000
  const planned = toSchedule(createRandom(seed).branch("storm"), TARGETS, endMs - QUIET_MS)
  const from = book.now()
  diary.begin(from)
  const progress = setInterval(() => say(toProgress(book, people, (book.now() - from) / 1_000)), PROGRESS_MS)
  const until = (at: number) => Promise.race([sleep(Math.max(0, from + at - book.now()), undefined, { signal }), lives])
  try {
    for (const one of planned) {
      await until(one.at)
      diary.note(book.now(), toText(one))
      system.strike(one.blow)
    }
    await system.calm()
    await until(endMs)
    for (const person of people) person.end()
    await lives
    return planned.length
  } finally {
    clearInterval(progress)
  }
}

function toProgress(book: Book, people: readonly Person[], seconds: number): string {
  const { acked, refused, unknown } = outcomes(book.attempts.values())
  const devices = people.flatMap(({ phones }) => phones)
  const away = new Map<string, number>()
  for (const { where } of devices) if (where !== "") away.set(where, (away.get(where) ?? 0) + 1)
  const online = devices.length - [...away.values()].reduce((sum, count) => sum + count, 0)
  const why = away.size === 0 ? "" : ` (${[...away].map(([where, many]) => `${many} ${where}`).join(", ")})`
  const messages = `${acked} messages and recalls acknowledged, ${unknown} under way, ${refused} refused`
  return `${seconds.toFixed(0).padStart(4)} s    ${messages}; ${online} of ${devices.length} devices online${why}`
}

/** Everybody takes two further devices: one that has nothing, and one that reads everything from the first number on. */
async function readAnew(people: readonly Person[]): Promise<void> {
  for (const person of people) {
    const epoch = trySyncKey(await person.key())?.epoch ?? 0
    await person.addDevice("new")
    await person.addDevice("whole", toSyncKey({ epoch, seq: 0 }))
  }
}

function outcomes(attempts: Iterable<History["attempts"][0]>): Pick<Counts, "acked" | "refused" | "unknown"> {
  const counts = { acked: 0, refused: 0, unknown: 0 }
  for (const { outcome } of attempts) counts[outcome]++
  return counts
}

function count({ attempts, devices, stays, blocks }: History, blows: number): Counts {
  return {
    ...outcomes(attempts),
    recalls: attempts.filter(({ recalls, outcome }) => recalls !== 0 && outcome === "acked").length,
    pages: devices.reduce((sum, { pages }) => sum + pages.length, 0),
    ...{ devices: devices.length, stays: stays.length, blocks: blocks.length, blows },
  }
}
