/** A day of one person's client: what is normal. Every figure of this file stands in docs/throttle.md. */
import type { Random } from "../check/random.ts"
import { DAY, type Event, exponential, HOUR, Kind, logNormal, MINUTE, SEC } from "./event.ts"

/** How busy each hour is, 1: the busiest. */
const CURVE = [
  ...[0.25, 0.12, 0.06, 0.04, 0.04, 0.08, 0.2, 0.45, 0.65, 0.7, 0.7, 0.75],
  ...[0.85, 0.7, 0.65, 0.65, 0.7, 0.75, 0.8, 0.9, 1, 1, 0.85, 0.5],
]
const CURVE_SUM = CURVE.reduce((sum, one) => sum + one, 0)
const COMMON_TEXTS = 10

/** What a person is like. */
export interface Character {
  version: string
  /** Times in the foreground a day. */
  visits: number
  /** How much more is written than by others. */
  busy: number
  /** 0 good, 1 loses the connection on the way to work, 2 in a cellar. */
  network: 0 | 1 | 2
  /** Groups that talk while this person is on line, spells a day. */
  chatter: number
}

export function toCharacter(random: Random, versions: readonly string[]): Character {
  const share = random.next()
  const power = random.next() < 0.02
  const network = random.next()
  return {
    version: versions[share < 0.7 ? 0 : share < 0.95 ? 1 : 2] ?? "1",
    visits: power ? 80 : 10 + random.whole(0, 30),
    busy: power ? 4 : logNormal(random, 1, 0.4),
    network: network < 0.8 ? 0 : network < 0.95 ? 1 : 2,
    chatter: random.whole(1, 8),
  }
}

/** All that the person's client does in a day, in order. */
export function toDay(random: Random, character: Character): Event[] {
  const day: Day = { random, character, events: [] }
  for (let i = 0; i < character.visits; i++) visit(day, hourly(random))
  for (let i = 0; i < character.chatter; i++) chatter(day, hourly(random))
  reconnects(day)
  if (random.next() < 0.02) repeatOneself(day, hourly(random))
  if (random.next() < 0.01) install(day, hourly(random))
  for (let at = exponential(random, 10 * MINUTE); at < DAY; at += exponential(random, 10 * MINUTE)) received(day, at)
  return day.events.filter(({ at }) => at < DAY).sort((a, b) => a.at - b.at)
}

interface Day {
  random: Random
  character: Character
  events: Event[]
}

const push = ({ events }: Day, at: number, kind: Kind, b: number, a = 0): void => {
  events.push({ at, kind, a, b })
}

/** A time of the day, by the curve. */
function hourly(random: Random): number {
  let left = random.next() * CURVE_SUM
  const hour = CURVE.findIndex((one) => {
    left -= one
    return left < 0
  })
  return (Math.max(0, hour) + random.next()) * HOUR
}

/** Somebody looks: reads what came, maybe writes, maybe looks for something old. */
function visit(day: Day, from: number): void {
  const { random, character } = day
  const until = from + Math.min(HOUR, logNormal(random, 3 * MINUTE, 1))
  if (random.next() < 0.1) scroll(day, from + random.next() * (until - from))
  if (random.next() < 0.2)
    for (let i = random.whole(1, 6); i > 0; i--) push(day, from + random.next() * MINUTE, Kind.ask, 400)
  for (let at = from; at < until; at += exponential(random, (90 * SEC) / character.busy)) {
    received(day, at)
    push(day, at + SEC, Kind.ask, 12) // read mark
    if (random.next() < 0.6) write(day, at + 2 * SEC)
  }
}

/** A few messages in a row, as fast as people type, and what comes back. */
function write(day: Day, from: number): void {
  const { random, character } = day
  let at = from
  for (let more = true; more; more = random.next() < 0.65) {
    at += Math.max(SEC, logNormal(random, 6 * SEC, 0.6) / Math.sqrt(character.busy))
    say(day, at)
    if (random.next() < 0.5) received(day, at + random.next() * 5 * SEC)
  }
}

function say(day: Day, at: number): void {
  const { random, character } = day
  const hash = random.next() < 0.15 ? random.whole(1, COMMON_TEXTS) : random.whole(100, 2 ** 31)
  push(day, at, Kind.send, 60 + random.whole(0, 200), hash)
  const losing = character.network > 0 && random.next() < 0.1
  for (let i = losing ? random.whole(1, 4) : 0; i > 0; i--) push(day, at + i * 3 * SEC, Kind.send, 100, hash)
}

/** A notify, the sync it asks for, and sometimes one more that brings nothing. */
function received(day: Day, at: number): void {
  push(day, at, Kind.sync, 60 + day.random.whole(0, 400))
  if (day.random.next() < 0.02) push(day, at + SEC / 2, Kind.idle, 20)
}

/** Older messages, page by page, as fast as a thumb scrolls. */
function scroll(day: Day, from: number): void {
  const { random } = day
  let at = from
  for (let pages = random.whole(3, 15); pages > 0; pages--) {
    at += 1_500 + random.next() * 2_500
    push(day, at, Kind.ask, 3_000 + random.whole(0, 12_000))
  }
}

/** A group talks for some minutes: up to a message a second. */
function chatter(day: Day, from: number): void {
  const { random } = day
  const meanMs = 1_000 + random.next() * 9_000
  const until = from + random.whole(2, 15) * MINUTE
  for (let at = from; at < until; at += 300 + exponential(random, meanMs)) {
    received(day, at)
    if (random.next() < 0.05) say(day, at + 4 * SEC)
    if (random.next() < 0.3) push(day, at + SEC, Kind.ask, 12)
  }
}

/** Connections end: now and then for everybody, in spells where the network is bad, with the client's back-off between tries. */
function reconnects(day: Day): void {
  const { random, character } = day
  for (let at = exponential(random, HOUR); at < DAY; at += exponential(random, HOUR)) comeBack(day, at)
  const spells = character.network === 0 ? 0 : random.whole(1, 3)
  for (let i = 0; i < spells; i++) {
    const from = hourly(random)
    const until = from + random.whole(5, character.network === 1 ? 20 : 40) * MINUTE
    const meanMs = character.network === 1 ? 40 * SEC : 12 * SEC
    for (let at = from; at < until; at += 4 * SEC + exponential(random, meanMs)) comeBack(day, at)
  }
}

function comeBack(day: Day, at: number): void {
  push(day, at, Kind.connect, 50)
  if (day.random.next() < 0.5) received(day, at + SEC / 2)
}

/** Somebody says the same thing many times: applause, a wish that a group repeats. */
function repeatOneself(day: Day, from: number): void {
  const times = day.random.whole(8, 20)
  for (let i = 0; i < times; i++) push(day, from + i * (1_500 + day.random.next() * 2_000), Kind.send, 80, 7)
}

/** A new telephone: everything is fetched, in large pages that bring something. */
function install(day: Day, from: number): void {
  push(day, from, Kind.connect, 200)
  for (let i = 0; i < 20; i++) push(day, from + i * 400, Kind.sync, 60_000)
  for (let i = 0; i < 10; i++) push(day, from + 20 * SEC + i * 2 * SEC, Kind.ask, 8_000)
}
