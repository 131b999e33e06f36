/**
 * One check of the whole: a `System` in a storm from a `schedule`, `people` who write meanwhile, and in the end the judge, who looks at what they
 * were told, what their devices read and what is stored.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { toSyncKey, trySyncKey } from "@ossagent/im-client/protocol"
import type { Fault, History } from "./judge/history.ts"
import { judge } from "./judge/judge.ts"
import { Book } from "./people/book.ts"
import { Person } from "./people/person.ts"
import { readStored } from "./people/stored.ts"
import { World } from "./people/world.ts"
import { createRandom } from "./random.ts"
import { toSchedule, toText } from "./storm/schedule.ts"
import { SETS, System, TARGETS } from "./storm/system.ts"

const PEOPLE = 10
/** The storm ends so long before the people do. */
const QUIET_MS = 3_000
/** What is on its way must arrive within this after the storm. */
const SETTLE_MS = 90_000
const LOOK_MS = 1_000

export interface CheckOptions {
  seed: string
  minutes: number
  say: (line: string) => void
}

export interface Verdict {
  faults: Fault[]
  /** What happened, for people and for a test that wants to see that something did. */
  counts: {
    acked: number
    refused: number
    unknown: number
    recalls: number
    pages: number
    blows: number
    stays: number
  }
  /** Where logs and the history lie; null when all is well, for they are put away. */
  kept: string | null
}

export async function check({ seed, minutes, say }: CheckOptions): Promise<Verdict> {
  const dir = await mkdtemp(join(tmpdir(), "ossagent-check-"))
  const system = new System({ dir, onTrouble: (message) => say(`   !! ${message}`) })
  const book = new Book(() => performance.now())
  const people: Person[] = []
  let well = false
  try {
    await system.start()
    say("all services run, each in processes of its own")
    people.push(...(await gather(system, book, seed)))
    const blows = await storm(system, people, { seed, minutes, say })
    await readAnew(people)
    const { history, faults } = await settle(system, book, say)
    well = faults.length === 0
    if (!well) await writeFile(join(dir, "history.json"), JSON.stringify(history, infinite, 1))
    return { faults, counts: count(history, blows), kept: well ? null : dir }
  } finally {
    for (const person of people) person.end()
    await Promise.allSettled(people.map((person) => person.stop()))
    await system.stop()
    if (well) await rm(dir, { recursive: true, force: true })
    else await rm(join(dir, "postgres"), { recursive: true, force: true })
  }
}

/** JSON knows no infinity. */
const infinite = (_: string, value: unknown): unknown => (value === Number.POSITIVE_INFINITY ? "never" : value)

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

/** People live, blows fall; answers how many. */
async function storm(system: System, people: readonly Person[], options: CheckOptions): Promise<number> {
  const { seed, minutes, say } = options
  const lives = people.map((person) => person.live())
  const endMs = minutes * 60_000
  const planned = toSchedule(createRandom(seed).branch("storm"), TARGETS, endMs - QUIET_MS)
  const from = performance.now()
  for (const one of planned) {
    await sleep(Math.max(0, from + one.at - performance.now()))
    say(toText(one))
    system.strike(one.blow)
  }
  await system.calm()
  await sleep(Math.max(0, from + endMs - performance.now()))
  for (const person of people) person.end()
  await Promise.all(lives)
  return planned.length
}

/** Everybody takes two further devices: one that has nothing, and one that reads everything from the first number on. */
async function readAnew(people: readonly Person[]): Promise<void> {
  for (const person of people) {
    const epoch = trySyncKey(await person.key())?.epoch ?? 0
    await person.addDevice("new")
    await person.addDevice("whole", toSyncKey({ epoch, seq: 0 }))
  }
}

/** Looks until nothing is missing any more, and then once more; what still is missing in the end is the verdict. */
async function settle(
  system: System,
  book: Book,
  say: (line: string) => void,
): Promise<{ history: History; faults: Fault[] }> {
  const until = performance.now() + SETTLE_MS
  let said = ""
  for (let well = 0; ; ) {
    const { users, jobs } = await readStored(system.databaseUrl, SETS)
    const attempts = [...book.attempts.values()].map((one) => ({ ...one }))
    const history: History = { users, devices: book.devices, attempts, stays: book.stays }
    const faults = judge(history)
    well = faults.length === 0 && jobs === 0 ? well + 1 : 0
    if (well === 2 || performance.now() > until) return { history, faults }
    const now = `settling: ${jobs} jobs left, ${faults.length} things not as they should be yet`
    if (now !== said) say(now)
    said = now
    await sleep(LOOK_MS)
  }
}

function count({ attempts, devices, stays }: History, blows: number): Verdict["counts"] {
  const of = (outcome: string): number => attempts.filter((one) => one.outcome === outcome).length
  return {
    ...{ acked: of("acked"), refused: of("refused"), unknown: of("unknown") },
    recalls: attempts.filter(({ recalls, outcome }) => recalls !== 0 && outcome === "acked").length,
    pages: devices.reduce((sum, { pages }) => sum + pages.length, 0),
    ...{ blows, stays: stays.length },
  }
}
