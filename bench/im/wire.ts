import { setTimeout as sleep } from "node:timers/promises"
import { CHAT_METHODS } from "@ossagent/im-client/protocol"
import type { Connection } from "./connection.ts"
import { befriend, createPeople, type Person } from "./people.ts"
import { type ImProduct, open } from "./product.ts"
import { XmppConnection } from "./xmpp-people.ts"
import { PASSWORD, type XmppServer } from "./xmpp-servers.ts"

/** Bytes both ways at one client. */
export interface Costs {
  /** Of HTTP, to WebSocket; 0: none. */
  upgrade: number
  resume: number
  sent: number
  message: number
  hundred: number
}

const MISSED = 100
const TEXT = "a message of 20 char"
/** After the last that is waited for, so that what a server asks for afterwards is counted too. */
const QUIET_MS = 500

const metered = (connection: { readonly bytes: number }): (() => number) => {
  let before = connection.bytes
  return () => {
    const used = connection.bytes - before
    before += used
    return used
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; !holds(); i++) {
    if (i > 1_000) throw new Error(`it does not come about that ${what}`)
    await sleep(10)
  }
  await sleep(QUIET_MS)
}

interface Back {
  connection: Connection
  /** Bytes until the first frame. */
  upgrade: number
  behind: boolean
}

/** The person comes again, with the key of the last connection. */
async function comeBack(im: ImProduct, transport: "tcp" | "ws", person: Person): Promise<Back> {
  const connection = await open(im, transport)
  const upgrade = connection.bytes
  const { key, onPage } = person.connection
  Object.assign(connection, { key, onPage })
  person.connection = connection
  const { ticket } = person
  const { behind } = await connection.call(CHAT_METHODS.hello, { ticket, key, version: "8.0.1" })
  return { connection, upgrade, behind }
}

export async function costsOf(im: ImProduct, transport: "tcp" | "ws"): Promise<Costs> {
  const people = await createPeople(im, 2, `wire-${transport}`)
  await befriend(people, 1)
  const [from, to] = people as [Person, Person]
  const say = () => {
    const message = { chat: to.uid, clientId: randomId(), text: TEXT, sentAt: Date.now() }
    return from.connection.call(CHAT_METHODS.send, message)
  }
  await sleep(QUIET_MS)
  for (const { connection } of people) connection.close()
  let came = 0
  to.connection.onPage = ({ texts }) => {
    came += texts.length
  }
  await comeBack(im, transport, from)
  const first = await comeBack(im, transport, to)
  if (first.behind) throw new Error("a client that has everything is told that something is new")
  const resume = first.connection.bytes - first.upgrade
  const [used, usedBySender] = [metered(first.connection), metered(from.connection)]
  await say()
  const sent = usedBySender()
  await until("one message is there", () => came === 1)
  const message = used()

  first.connection.close()
  came = 0
  for (let i = 0; i < MISSED; i++) await say()
  const back = await comeBack(im, transport, to)
  back.connection.sync()
  await until("all missed messages are there", () => came === MISSED)
  const hundred = back.connection.bytes - back.upgrade
  for (const { connection } of people) connection.close()
  return { upgrade: first.upgrade, resume, sent, message, hundred }
}

const randomId = (): number => 2 ** 52 + Math.floor(Math.random() * 2 ** 40)

export async function costsOfXmpp({ port, register }: XmppServer): Promise<Costs> {
  await register(["ada", "bob"])
  const [ada, bob] = ["ada", "bob"].map((name) => ({ name, password: PASSWORD })) as [Account, Account]
  const from = await XmppConnection.open(port, ada)
  let to = await XmppConnection.open(port, bob)
  let came = 0
  to.onMessage = () => came++
  const say = () => new Promise<void>((acknowledged) => from.send(to.jid, TEXT, acknowledged))
  const comeBack = async (): Promise<void> => {
    to = await XmppConnection.resume(port, bob, to)
  }
  await sleep(QUIET_MS) // presence is there
  to.close()
  await sleep(QUIET_MS)
  await comeBack()
  await sleep(QUIET_MS)
  const resume = to.bytes
  const [used, usedBySender] = [metered(to), metered(from)]
  await say()
  await until("one message is there", () => came === 1)
  const [message, sent] = [used(), usedBySender()]

  to.close()
  await sleep(QUIET_MS)
  came = 0
  for (let i = 0; i < MISSED; i++) await say()
  await comeBack()
  await until("all missed messages are there", () => came === MISSED)
  const hundred = to.bytes
  for (const one of [from, to]) one.close()
  return { upgrade: 0, resume, sent, message, hundred }
}

interface Account {
  name: string
  password: string
}
