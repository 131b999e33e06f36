import { setTimeout as sleep } from "node:timers/promises"
import { type ChatClient, ChatError } from "@ossagent/im-client"
import type { Random } from "../random.ts"
import type { Book } from "./book.ts"
import { Phone, type Place } from "./device.ts"
import type { World } from "./world.ts"

const PASSWORD = "a password for the check"
const MOST_WAITING = 20
const AGAIN_MS = 150
const MOST_AGAIN_MS = 3_000
const RECALL_WITHIN_MS = 60_000
const PAUSE_MS = { low: 60, high: 300 }

export interface PersonParts {
  place: Place
  book: Book
  world: World
  random: Random
}

const MOST_DEVICES = 4

/** Somebody with two devices and later more, who writes, comes and goes. */
export class Person {
  readonly name: string
  uid = 0
  /** Those that are logged in. */
  readonly phones: Phone[] = []
  private readonly all: Phone[] = []
  private readonly parts: PersonParts
  private friends: number[] = []
  private texts = 0
  private ended = false

  constructor(name: string, parts: PersonParts) {
    this.name = name
    this.parts = parts
  }

  async arrive(): Promise<void> {
    const first = this.newPhone("phone")
    await first.start()
    this.uid = await first.client.register(this.name, PASSWORD)
    first.log.uid = this.uid
    await first.client.login(this.name, PASSWORD)
    this.phones.push(first)
    await this.addDevice("web")
  }

  /** A further device, which logs in and, given a key, reads from there. */
  async addDevice(name: string, key?: Uint8Array): Promise<void> {
    const phone = this.newPhone(name)
    if (key !== undefined) await phone.store.apply({ key })
    await phone.start()
    await this.insist(() => phone.client.login(this.name, PASSWORD))
    this.phones.push(phone)
  }

  /** The sync key of the first device. */
  async key(): Promise<Uint8Array> {
    return (await (this.phones[0] as Phone).store.open()).key
  }

  private newPhone(name: string): Phone {
    const phone = new Phone(this.uid, name, { ...this.parts, random: this.parts.random.branch(name) })
    this.all.push(phone)
    return phone
  }

  async befriend(others: readonly Person[]): Promise<void> {
    for (const other of others) {
      await this.client.askFriend(other.uid, "hello")
      await other.client.acceptFriend(this.uid)
      this.friends.push(other.uid)
      other.friends.push(this.uid)
    }
  }

  get client(): ChatClient {
    const online = this.phones.find((phone) => phone.online) ?? this.phones[0]
    return (online as Phone).client
  }

  /** Does one thing after the other until told to end. */
  async live(): Promise<void> {
    const { random } = this.parts
    while (!this.ended) {
      if (this.waiting < MOST_WAITING) await this.act(random.next())
      await sleep(random.whole(PAUSE_MS.low, PAUSE_MS.high))
    }
  }

  end(): void {
    this.ended = true
  }

  private get waiting(): number {
    return Math.max(...this.phones.map(({ client }) => client.outgoing().filter(({ failed }) => failed === "").length))
  }

  private async act(chance: number): Promise<void> {
    if (chance < 0.55) return this.write(this.parts.random.pick(this.friends))
    if (chance < 0.84) return this.writeToGroup()
    if (chance < 0.89) return this.recall()
    if (chance < 0.91) return this.read()
    if (chance < 0.93) return this.restart()
    if (chance < 0.95) return this.makeGroup()
    if (chance < 0.98) return this.invite()
    if (chance < 0.985) return this.leave()
    if (chance < 0.995) return this.blockOrUnblock()
    if (this.phones.length < MOST_DEVICES) await this.addDevice(`device ${this.phones.length + 1}`)
  }

  private async read(): Promise<void> {
    const { client } = this.parts.random.pick(this.phones)
    const unread = client.chats().filter((chat) => chat.unread > 0)
    if (unread.length > 0) await client.markRead(this.parts.random.pick(unread).chat)
  }

  private async write(chat: number): Promise<void> {
    const { random, book } = this.parts
    const filler = random.next() < 0.2 ? ` ${"word ".repeat(random.whole(5, 200))}` : ""
    const text = `${this.name} says ${++this.texts}${filler}`
    const begunAt = book.now()
    const { clientId } = await random.pick(this.phones).client.send(chat, text)
    book.begin({ uid: this.uid, chat, clientId, text, recalls: 0, begunAt })
  }

  private async writeToGroup(): Promise<void> {
    const groups = this.parts.world.groupsOf(this.uid)
    if (groups.length > 0) await this.write(this.parts.random.pick(groups))
  }

  private async recall(): Promise<void> {
    const { book, random, world } = this.parts
    const own = [...book.attempts.values()].filter((one) => one.uid === this.uid)
    const recalled = new Set(own.map(({ recalls }) => recalls))
    const groups = new Set(world.groupsOf(this.uid))
    const recallable = own.filter(
      ({ outcome, recalls, clientId, chat, endedAt }) =>
        outcome === "acked" &&
        recalls === 0 &&
        !recalled.has(clientId) &&
        (chat < 2 ** 40 || groups.has(chat)) &&
        book.now() - endedAt < RECALL_WITHIN_MS,
    )
    if (recallable.length === 0) return
    const target = random.pick(recallable)
    const begunAt = book.now()
    const { clientId } = await random.pick(this.phones).client.recall(target)
    book.begin({ uid: this.uid, chat: target.chat, clientId, text: "", recalls: target.clientId, begunAt })
  }

  /** A device goes, and comes back with what it has kept. */
  private async restart(): Promise<void> {
    const phone = this.parts.random.pick(this.phones)
    await phone.stop()
    await sleep(this.parts.random.whole(0, 1_000))
    await phone.start()
  }

  /** Made once: whether one whose answer was lost is there is not known, and nobody writes to it. */
  private async makeGroup(): Promise<void> {
    const { world, random, book } = this.parts
    if (world.full) return
    const members = random.shuffle(this.friends).slice(0, random.whole(1, 4))
    const begunAt = book.now()
    const made = await this.client.createGroup(`of ${this.name}`, members).catch((error: unknown) => {
      if (error instanceof ChatError) return null
      throw error
    })
    if (made === null) return
    for (const uid of [this.uid, ...members])
      Object.assign(world.begin(made.gid, uid), { joinBegunAt: begunAt, joinedAt: book.now() })
  }

  private async invite(): Promise<void> {
    const { world, random, book } = this.parts
    const groups = world.groupsOf(this.uid)
    if (groups.length === 0) return
    const gid = random.pick(groups)
    const strangers = world.strangersTo(gid, this.friends)
    if (strangers.length === 0) return
    const uid = random.pick(strangers)
    const stay = world.begin(gid, uid)
    if (await this.insist(() => this.client.invite(gid, [uid]))) stay.joinedAt = book.now()
  }

  /** Nobody leaves who would be missed: two stay. Who has left does not come back, so a leave done late cannot undo a later stay. */
  private async leave(): Promise<void> {
    const { world, random, book } = this.parts
    const groups = world.groupsOf(this.uid).filter((gid) => world.sizeOf(gid) > 2)
    if (groups.length === 0) return
    const gid = random.pick(groups)
    const stay = world.stayOf(gid, this.uid)
    if (stay === undefined) return
    stay.leaveBegunAt = book.now()
    if (await this.insist(() => this.client.leaveGroup(gid))) stay.leftAt = book.now()
  }

  /** One at a time: whom they block, and then that they do no more. */
  private async blockOrUnblock(): Promise<void> {
    const { random, book } = this.parts
    const open = book.blocks.find(({ by, endBegunAt }) => by === this.uid && endBegunAt === Number.POSITIVE_INFINITY)
    const never = Number.POSITIVE_INFINITY
    if (open === undefined) {
      const peer = random.pick(this.friends)
      const block = { by: this.uid, peer, begunAt: book.now(), doneAt: never, endBegunAt: never, endedAt: never }
      book.blocks.push(block)
      if (await this.insist(() => this.client.block(peer))) block.doneAt = book.now()
    } else {
      open.endBegunAt = book.now()
      if (await this.insist(() => this.client.unblock(open.peer))) open.endedAt = book.now()
    }
  }

  /** Asks until there is an answer; false: it was refused. */
  private async insist(ask: () => Promise<unknown>): Promise<boolean> {
    for (;;) {
      try {
        await ask()
        return true
      } catch (error) {
        if (!(error instanceof ChatError)) throw error
        if (!error.retry) return false
        await sleep(Math.min(MOST_AGAIN_MS, Math.max(AGAIN_MS, error.retryAfterMs)))
      }
    }
  }

  /** Notes what its devices keep now. */
  note(): void {
    for (const phone of this.all) phone.note()
  }

  async stop(): Promise<void> {
    for (const phone of this.all) await phone.client?.stop()
  }
}
