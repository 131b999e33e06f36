/**
 * Clients of three generations in one conversation, by the bytes that each of them would speak: everybody receives what everybody writes, and
 * can answer. A client here knows of the protocol what its generation knew, and passes over the rest.
 */
import {
  CHAT_METHODS as CHAT,
  ContactState,
  decodeContact,
  decodeGroup,
  decodeLoginReply,
  decodePage,
  decodeRegisterReply,
  Kind,
  Topic,
} from "@ossagent/im-client/protocol"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { APP_KEY, type RunningIm, startIm } from "../../testing.ts"
import { until } from "../../until.ts"
import { openTcp, type RawClient } from "../test-kit.ts"

const PASSWORD = "a password of tests"
const VERSIONS = { 1: "6.5.0", 2: "7.2.0", 3: "8.0.1" } as const
type Generation = keyof typeof VERSIONS
const GENERATIONS = [1, 2, 3] as const

let im: RunningIm
beforeAll(async () => {
  im = await startIm({ OSSAGENT_IM_GROUPS_SINCE: "7.0.0", OSSAGENT_IM_RECALLS_SINCE: "8.0.0" })
})
afterAll(() => im.stop())

/** A line of a conversation as its client shows it. */
interface Line {
  /** The conversation that it stands in. */
  in: string
  /** Empty: the other one of the conversation. */
  by: string
  text: string
}

/** A client of a generation. */
class OldClient {
  readonly name: string
  readonly generation: Generation
  uid = 0
  readonly lines: Line[] = []
  /** Whom it can write to, by name: contacts, and groups where it knows them. */
  readonly chats = new Map<string, number>()
  /** What it has taken note of and does not know. */
  readonly strange: string[] = []
  readonly asking = new Set<number>()
  private readonly names = new Map<number, string>()
  private key: Uint8Array = new Uint8Array(0)
  private nextId = 1
  private seq = 0
  private readonly raw: RawClient

  private constructor(raw: RawClient, name: string, generation: Generation) {
    this.raw = raw
    this.name = name
    this.generation = generation
  }

  static async enter(name: string, generation: Generation): Promise<OldClient> {
    const client = new OldClient(await openTcp(im.tcpPort), name, generation)
    const who = { appKey: APP_KEY, name, password: PASSWORD }
    client.uid = decodeRegisterReply(await client.raw.ask(CHAT.register, who)).uid
    const login = { ...who, deviceName: "phone", version: VERSIONS[generation] }
    expect(decodeLoginReply(await client.raw.ask(CHAT.login, login)).uid).toBe(client.uid)
    return client
  }

  ask: RawClient["ask"] = (method, request) => this.raw.ask(method, request)

  send(chat: string, text: string): Promise<Uint8Array> {
    const clientId = this.nextId++
    return this.ask(CHAT.send, { chat: this.chats.get(chat) as number, clientId, text })
  }

  recallLast(chat: string): Promise<Uint8Array> {
    const messageId = this.nextId - 1
    return this.ask(CHAT.recall, { chat: this.chats.get(chat) as number, clientId: this.nextId++, messageId })
  }

  /** Asks for what is new, as a notify or a heartbeat would make it. */
  async sync(): Promise<this> {
    for (;;) {
      const bytes = await this.ask(CHAT.sync, { key: this.key })
      const page = decodePage(bytes)
      for (const change of page.changes) this.take(change)
      for (const [i, step] of page.seqs.entries()) {
        this.seq = (i === 0 && page.baseSeq > 0 ? page.baseSeq : this.seq) + step
        const { chat = 0, from = 0 } = page.talkers[page.talkerOf[i] ?? 0] ?? {}
        this.show({ chat, from, kind: page.kinds[i] ?? Kind.text, text: page.texts[i] ?? "" })
      }
      if (page.key.length > 0) this.key = page.key
      if (!page.more) return this
    }
  }

  private take({ topic, subject, state, value }: ReturnType<typeof decodePage>["changes"][0]): void {
    if (topic === Topic.contact) {
      const { name } = decodeContact(value)
      if (state === ContactState.asking) this.asking.add(subject)
      this.setChat(subject, name, state === ContactState.friend)
    } else if (topic === Topic.group && this.generation > 1) this.setChat(subject, decodeGroup(value).name, state === 1)
    else if (topic === Topic.group || topic === Topic.marker) this.strange.push(`topic ${topic}`)
    for (const { uid, name } of topic === Topic.group ? decodeGroup(value).members : []) this.names.set(uid, name)
  }

  private setChat(chat: number, name: string, isThere: boolean): void {
    this.names.set(chat, name)
    if (isThere) this.chats.set(name, chat)
    else this.chats.delete(name)
  }

  private show({ chat, from, kind, text }: { chat: number; from: number; kind: number; text: string }): void {
    if (kind !== Kind.text && this.generation < 3) this.strange.push(`kind ${kind}`)
    // from before groups: a conversation has two sides, and another speaker is none of them
    else if (this.generation === 1 && from !== 0 && from !== this.uid) this.strange.push(`speaker ${from}`)
    else {
      const by = from === 0 ? "" : from === this.uid ? this.name : (this.names.get(from) ?? `user ${from}`)
      const said = kind === Kind.recall ? "(a recall)" : kind === Kind.notice ? `* ${text}` : text
      this.lines.push({ in: this.names.get(chat) ?? `chat ${chat}`, by, text: said })
    }
  }

  /** What stands in a conversation, without what it wrote itself. */
  read(chat: string): string[] {
    return this.lines
      .filter((line) => line.in === chat && line.by !== this.name)
      .map(({ by, text }) => (by === "" ? text : `${by}: ${text}`))
  }

  async sees(chat: string, text: string): Promise<void> {
    await until(`${this.name} sees "${text}"`, async () => (await this.sync()).read(chat).includes(text))
  }

  close(): void {
    this.raw.close()
  }
}

let round = 0
async function enterAll(): Promise<Record<Generation, OldClient>> {
  round++
  const [one, two, three] = await Promise.all(
    GENERATIONS.map((generation) => OldClient.enter(`${["", "ida", "jon", "kay"][generation]}${round}`, generation)),
  )
  const all = { 1: one, 2: two, 3: three } as Record<Generation, OldClient>
  for (const a of GENERATIONS) for (const b of GENERATIONS) if (a < b) await befriend(all[a], all[b])
  return all
}

async function befriend(a: OldClient, b: OldClient): Promise<void> {
  await a.ask(CHAT.askFriend, { uid: b.uid, greeting: "hello" })
  await until("the question arrives", async () => (await b.sync()).asking.has(a.uid))
  await b.ask(CHAT.acceptFriend, { uid: a.uid })
  await until("both know", async () => {
    await Promise.all([a.sync(), b.sync()])
    return a.chats.has(b.name) && b.chats.has(a.name)
  })
}

/** What somebody of this generation sees of somebody's words in a group. */
const inGroup = (_reader: OldClient, writer: OldClient, text: string): string => `${writer.name}: ${text}`

const pairs = GENERATIONS.flatMap((a) => GENERATIONS.filter((b) => b !== a).map((b) => [a, b] as const))

describe("between two", () => {
  it.each(pairs)("what generation %d writes arrives at generation %d, which can answer", async (a, b) => {
    const all = await enterAll()
    const [ann, bob] = [all[a], all[b]]
    await ann.send(bob.name, "are you there?")
    await bob.sees(ann.name, "are you there?")
    await bob.send(ann.name, "I am")
    await ann.sees(bob.name, "I am")
    for (const one of Object.values(all)) {
      expect(one.strange).toEqual([])
      one.close()
    }
  })

  it.each([1, 2, 3] as const)(
    "a recall of generation 3 is told to generation %d as it can take it",
    async (generation) => {
      const all = await enterAll()
      const writer = all[3]
      const reader = generation === 3 ? await OldClient.enter(`lea${round}`, 3) : all[generation]
      if (generation === 3) await befriend(writer, reader)
      await writer.send(reader.name, "oops")
      await reader.sees(writer.name, "oops")
      await writer.recallLast(reader.name)
      await reader.sees(writer.name, generation === 3 ? "(a recall)" : `${writer.name} took a message back`)
      await reader.send(writer.name, "never mind")
      await writer.sees(reader.name, "never mind")
      expect(reader.strange).toEqual([])
    },
  )
})

describe("in a group", () => {
  it("each writes, all receive, all can answer, and the notice of its making is read by all", async () => {
    const all = await enterAll()
    const members = [all[1].uid, all[2].uid]
    const { gid } = decodeGroup(await all[3].ask(CHAT.createGroup, { name: "lunch", members }))
    for (const one of Object.values(all)) {
      await until("it is there", async () => (await one.sync()).chats.get("lunch") === gid)
      const made = `${all[3].name} made the group lunch`
      await one.sees("lunch", one.generation === 3 ? `* ${made}` : made)
    }
    for (const writer of Object.values(all)) {
      await writer.send("lunch", `from ${writer.generation}`)
      for (const reader of Object.values(all)) {
        if (reader !== writer) await reader.sees("lunch", inGroup(reader, writer, `from ${writer.generation}`))
      }
    }
    await all[1].send("lunch", "to all of you")
    for (const reader of [all[2], all[3]]) await reader.sees("lunch", inGroup(reader, all[1], "to all of you"))
    for (const one of Object.values(all)) expect(one.strange).toEqual([])
    const own = (await all[1].sync()).lines.filter(({ by }) => by === all[1].name).map(({ text }) => text)
    expect(own, "what it wrote stands as its own").toEqual(["from 1", "to all of you"])
  })

  it("a recall is a sentence to the old, and what was taken back before they looked says so", async () => {
    const all = await enterAll()
    const members = [all[1].uid, all[2].uid]
    await all[3].ask(CHAT.createGroup, { name: "walk", members })
    for (const one of Object.values(all)) await until("it is there", async () => (await one.sync()).chats.has("walk"))
    await all[3].send("walk", "wrong group")
    await all[2].sees("walk", inGroup(all[2], all[3], "wrong group"))
    await all[3].recallLast("walk")
    await all[2].sees("walk", inGroup(all[2], all[3], `${all[3].name} took a message back`))
    await all[1].sees("walk", `${all[3].name} took a message back`)
    expect(all[1].read("walk")).toContain(inGroup(all[1], all[3], "(taken back)"))
    for (const one of Object.values(all)) expect(one.strange).toEqual([])
  })

  it("one for whom a group is a contact leaves it by removing the contact, and has older messages of it", async () => {
    const all = await enterAll()
    await all[3].ask(CHAT.createGroup, { name: "tea", members: [all[1].uid, all[2].uid] })
    for (const one of Object.values(all)) await until("it is there", async () => (await one.sync()).chats.has("tea"))
    await all[2].send("tea", "now?")
    await all[1].sees("tea", inGroup(all[1], all[2], "now?"))
    const gid = all[1].chats.get("tea") as number
    const history = decodePage(await all[1].ask(CHAT.history, { chat: gid, limit: 10 }))
    expect(history.texts).toContain(`${all[2].name}: now?`)
    expect(history.kinds).toEqual([])
    await all[1].ask(CHAT.removeFriend, { uid: gid })
    await until("it is gone", async () => !(await all[1].sync()).chats.has("tea"))
    await all[3].sees("tea", `* ${all[1].name} left`)
    await expect(all[1].ask(CHAT.send, { chat: gid, clientId: 999, text: "still here" })).rejects.toThrow(
      "no_such_group",
    )
  })
})
