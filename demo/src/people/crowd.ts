/**
 * People: they come when the hour is theirs, write to friends and in a group, update their program, and go. Each is a real client; what they
 * do is drawn by chance along the day's curve.
 */
import { ChatError } from "@ossagent/im-client/node"
import { type Day, FIRST_HOUR } from "../day/day.ts"
import type { Installation } from "../installation.ts"
import { PERSON, VERSION_END } from "../names.ts"
import { Person } from "./person.ts"
import { TEXTS } from "./texts.ts"

export const VERSIONS = ["8.0.0", "8.0.1", "8.1.0"].map((one) => one + VERSION_END) as [string, string, string]
const GROUP = "demo lunch"
/** In the busiest hour a person writes once in so many real ms: less than anybody is throttled for. */
const WRITES_EVERY_MS = 5_000
/** Tries to enter while the service says "slow down". */
const MOST_TRIES = 30
const ENTER_AT_ONCE = 4

export interface CrowdOptions {
  people: number
  installation: Installation
  /** 0 to below 1. */
  random: () => number
}

/** Of person `i`, from 0. */
export const nameOf = (i: number): string => `${PERSON}${String(i + 1).padStart(3, "0")}`

export class Crowd {
  readonly people: readonly Person[]
  sent = 0
  received = 0
  private readonly options: CrowdOptions

  constructor(options: CrowdOptions) {
    this.options = options
    const { installation, people, random } = options
    this.people = Array.from({ length: people }, (_, i) => {
      const version = VERSIONS[random() < 0.65 ? 0 : 1] as string
      return new Person({
        ...{ name: nameOf(i), version, installation },
        onReceived: (count) => {
          this.received += count
        },
        onAccepted: (count) => {
          this.sent += count
        },
      })
    })
  }

  get online(): number {
    return this.people.filter(({ online }) => online).length
  }

  /** Accounts, log-ins, friends and the group: so that everybody has somebody to write to. */
  async gather(day: Day): Promise<void> {
    const waiting = [...this.people]
    const enterAll = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await next.open()
        await enterPatiently(next, day)
      }
    }
    await Promise.all(Array.from({ length: ENTER_AT_ONCE }, enterAll))
    for (const [i, person] of this.people.entries())
      for (const step of [1, 2]) await befriend(person, this.people[(i + step) % this.people.length] as Person)
    await this.meet()
  }

  /** Until the day ends. */
  async live(day: Day): Promise<void> {
    await Promise.all(this.people.map((person, i) => this.spend(day, person, i / this.people.length)))
  }

  /** Some of those who have not got it yet change to a version, by the share of people who are to have it. */
  async update(version: string, share: number): Promise<void> {
    const wanted = Math.round(share * this.people.length)
    const have = this.people.filter((person) => person.version === version).length
    const others = this.people.filter((person) => person.version !== version)
    for (const person of others.slice(0, Math.max(0, wanted - have))) await person.update(version)
  }

  /** All log out; who cannot be reached now is left to its ticket's end. */
  async leave(): Promise<void> {
    await Promise.allSettled(this.people.map((person) => person.leave()))
  }

  private async meet(): Promise<void> {
    const [first, ...others] = this.people as [Person, ...Person[]]
    if (first.chat.groups().some(({ name }) => name === GROUP)) return
    const friends = others.filter((one) => first.isFriendOf(one)).map(({ uid }) => uid)
    await first.chat.createGroup(GROUP, friends)
  }

  /** `rank` 0 to below 1: who is there also in quiet hours comes first. */
  private async spend(day: Day, person: Person, rank: number): Promise<void> {
    const { random } = this.options
    while (await day.pause(WRITES_EVERY_MS * (0.3 + random()))) {
      const awake = day.busy() >= rank * 0.9
      if (awake && person.online && random() < 0.3 + day.busy()) await this.act(person)
      else if (awake) await person.open()
      else if (day.hour() > FIRST_HOUR + 1) await person.close()
    }
  }

  private async act(person: Person): Promise<void> {
    const { random } = this.options
    const { chat } = person
    const chats = [...chat.contacts().map(({ uid }) => uid), ...chat.groups().map(({ gid }) => gid)]
    const to = chats[Math.floor(random() * chats.length)]
    if (to === undefined) return
    await chat.send(to, `${TEXTS[Math.floor(random() * TEXTS.length)]}`)
    if (random() < 0.5) await chat.markRead(to)
  }
}

/** The service takes so many registrations and log-ins a minute from one address. Rejects with ChatError. */
async function enterPatiently(person: Person, day: Day): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await person.enter()
    } catch (error) {
      const waits = error instanceof ChatError && error.retry && tries < MOST_TRIES
      if (!waits || !(await day.pause(Math.max(error.retryAfterMs, 1_000)))) throw error
    }
  }
}

async function befriend(one: Person, other: Person): Promise<void> {
  if (one === other || one.isFriendOf(other)) return
  await one.chat.askFriend(other.uid, "simulated")
  await other.chat.acceptFriend(one.uid)
}
