import type { Evidence } from "../access/meter/judge.ts"
import type { Meter } from "../access/meter/meter.ts"
import { Metering } from "../access/meter/metering.ts"
import { createRandom, type Random } from "../check/random.ts"
import { DAY, type Event, HOUR, Kind, SEC } from "./event.ts"
import { toCharacter, toDay } from "./person.ts"
import { drip, steal, WAY_NAMES, type Way } from "./thief.ts"

const VERSIONS = ["8.0.1", "8.0.0", "7.9.4"]
const FIRST_THIEF = 900_000
/** From here on thieves begin: before, an access that has just started knows nobody. */
const LEARNT_MS = 2 * HOUR
/** A thief that is not caught is let go after so long. */
const LET_GO_MS = 2 * HOUR

export interface Plan {
  seed: string
  people: number
  thieves: number
  /** Requests in so many ms of further, slower drips, one each. */
  drips: readonly number[]
  /** How much of the day. */
  untilMs: number
}

export interface Caught {
  way: Way | `drip ${number}`
  /** Since it began; infinite: never. */
  afterMs: number
  bytes: number
  evidence: Evidence[]
}

export interface Outcome {
  events: number
  thieves: Caught[]
  /** People who were throttled, and for what. */
  touched: { uid: number; at: number; evidence: Evidence[] }[]
}

interface Thief {
  way: Caught["way"]
  from: number
  bytes: number
  caught: Caught | null
}

/** A day of people and thieves through the meters of one access; a thief's caught the moment it is accused. */
export function simulate(plan: Plan): Outcome {
  const random = createRandom(plan.seed)
  const thieves = new Map<number, Thief>()
  const touched = new Map<number, Outcome["touched"][0]>()
  let now = 0
  const metering = new Metering({
    most: plan.people * 2 + 100,
    now: () => now,
    accuse: ({ uid }, { evidence }) => {
      const thief = thieves.get(uid)
      if (thief === undefined) touched.set(uid, touched.get(uid) ?? { uid, at: now, evidence })
      else thief.caught ??= { way: thief.way, afterMs: now - thief.from, bytes: thief.bytes, evidence }
    },
  })
  const all = [...people(plan, random), ...makeThieves(plan, random, thieves)]
  const queue = merge(all, plan.untilMs)
  let turned = 0
  let events = 0
  for (const { uid, version, event } of queue) {
    for (; turned + SEC <= event.at; turned += SEC) {
      now = turned + SEC
      metering.turn()
    }
    now = event.at
    const thief = thieves.get(uid)
    if (thief !== undefined && (thief.caught !== null || now - thief.from > LET_GO_MS)) continue
    if (thief !== undefined) thief.bytes += event.b
    act(metering, { uid, version, event })
    events++
  }
  const end = (thief: Thief): Caught => {
    return thief.caught ?? { way: thief.way, afterMs: Number.POSITIVE_INFINITY, bytes: thief.bytes, evidence: [] }
  }
  return { events, thieves: [...thieves.values()].map(end), touched: [...touched.values()] }
}

interface Doer {
  uid: number
  version: string
  events: Iterator<Event>
}

function* people({ people: count }: Plan, random: Random): Generator<Doer> {
  for (let uid = 1; uid <= count; uid++) {
    const own = random.branch(`person ${uid}`)
    const character = toCharacter(own, VERSIONS)
    yield { uid, version: character.version, events: toDay(own, character)[Symbol.iterator]() }
  }
}

function* makeThieves(plan: Plan, random: Random, thieves: Map<number, Thief>): Generator<Doer> {
  const add = (way: Thief["way"], from: number, events: Iterator<Event>): Doer => {
    const uid = FIRST_THIEF + thieves.size
    thieves.set(uid, { way, from, bytes: 0, caught: null })
    return { uid, version: VERSIONS[thieves.size % 2] as string, events }
  }
  const begin = (): number => LEARNT_MS + random.next() * Math.max(0, plan.untilMs - LEARNT_MS - LET_GO_MS)
  for (let i = 0; i < plan.thieves; i++) {
    const way = WAY_NAMES[i % WAY_NAMES.length] as Way
    const from = begin()
    yield add(way, from, steal(random.branch(`thief ${i}`), way, from))
  }
  for (const gapMs of plan.drips) {
    const from = begin()
    yield add(`drip ${gapMs}`, from, drip(gapMs, from))
  }
}

/** All events in order of time: a heap of whose turn it is. */
function* merge(doers: readonly Doer[], untilMs: number): Generator<{ uid: number; version: string; event: Event }> {
  const heap: { doer: Doer; event: Event }[] = []
  const next = (doer: Doer): void => {
    const { done, value } = doer.events.next()
    if (!done && value.at < Math.min(untilMs, DAY)) insert(heap, { doer, event: value })
  }
  for (const doer of doers) next(doer)
  while (heap.length > 0) {
    const { doer, event } = takeFirst(heap)
    yield { uid: doer.uid, version: doer.version, event }
    next(doer)
  }
}

type Due = { doer: Doer; event: Event }

function insert(heap: Due[], due: Due): void {
  let at = heap.push(due) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    if ((heap[above] as Due).event.at <= due.event.at) break
    heap[at] = heap[above] as Due
    at = above
  }
  heap[at] = due
}

function takeFirst(heap: Due[]): Due {
  const first = heap[0] as Due
  const last = heap.pop() as Due
  if (heap.length === 0) return first
  let at = 0
  for (let below = 1; below < heap.length; below = at * 2 + 1) {
    const right = heap[below + 1]
    if (right !== undefined && right.event.at < (heap[below] as Due).event.at) below++
    if ((heap[below] as Due).event.at >= last.event.at) break
    heap[at] = heap[below] as Due
    at = below
  }
  heap[at] = last
  return first
}

const meters = new WeakMap<Metering, Map<number, Meter>>()

/** As a session of access would tell it. */
function act(metering: Metering, { uid, version, event }: { uid: number; version: string; event: Event }): void {
  const known = meters.get(metering) ?? new Map<number, Meter>()
  meters.set(metering, known)
  let meter = known.get(uid)
  if (meter === undefined || event.kind === Kind.connect) {
    meter = metering.connected({ uid, device: 1, version })
    known.set(uid, meter)
  }
  if (event.kind === Kind.send) {
    metering.asked(meter, event.b)
    metering.said(meter, event.a)
  } else if (event.kind === Kind.sync) metering.paged(meter, meter.newest + 1, event.b)
  else if (event.kind === Kind.idle) metering.paged(meter, meter.newest, event.b)
  else if (event.kind === Kind.ask) metering.asked(meter, event.b)
}
