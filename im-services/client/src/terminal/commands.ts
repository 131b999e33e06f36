import type { ChatClient } from "../client.ts"
import { ContactState, isGroup, Kind } from "../protocol/index.ts"
import type { Message } from "../store/store.ts"
import { findChat, findUser, Refusal } from "./find.ts"
import { toLine } from "./news.ts"
import { toPlain } from "./plain.ts"
import { PLAY_COMMANDS } from "./play.ts"
import { formatTime, meaningOf, stateOf } from "./words.ts"

export interface Desk {
  client: ChatClient
  print: (text: string) => void
  /** The open conversation; 0: none. */
  chat: number
  /** The bottle in hand; 0: none. */
  bottle: number
  quit: () => void
}

export interface Command {
  usage: string
  what: string
  run: (desk: Desk, words: string[]) => unknown
}

const DEFAULT_LINES = 20
const MOST_LINES = 1_000

/** A new command is one entry here. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  to: { usage: "NAME", what: "open a conversation with a friend or a group; what you type goes there", run: to },
  chats: { usage: "", what: "your conversations", run: chats },
  friends: { usage: "", what: "your friends, who asks you, whom you asked", run: friends },
  add: { usage: "NAME [GREETING]", what: "ask somebody to be your friend", run: add },
  accept: {
    usage: "NAME",
    what: "accept who asks you",
    run: async ({ client }, [name = ""]) => client.acceptFriend(await findUser(client, name)),
  },
  decline: {
    usage: "NAME",
    what: "decline who asks you, take a request back, or end a friendship",
    run: async ({ client }, [name = ""]) => client.removeFriend(await findUser(client, name)),
  },
  block: {
    usage: "NAME",
    what: "take nothing from somebody any more",
    run: async ({ client }, [name = ""]) => client.block(await findUser(client, name)),
  },
  unblock: {
    usage: "NAME",
    what: "end that",
    run: async ({ client }, [name = ""]) => client.unblock(await findUser(client, name)),
  },
  groups: { usage: "", what: "your groups", run: groups },
  group: { usage: "NAME FRIEND …", what: 'make a group; a name of several words stands in "…"', run: group },
  invite: { usage: "FRIEND …", what: "invite friends to the open group", run: invite },
  leave: { usage: "", what: "leave the open group", run: leave },
  who: { usage: "", what: "who you are, and who is in the open conversation", run: who },
  history: { usage: `[LINES]`, what: `what was said last; default ${DEFAULT_LINES} lines`, run: history },
  recall: { usage: "", what: "take your last message in the open conversation back, within two minutes", run: recall },
  pending: { usage: "", what: "what waits to go out, or was refused", run: pending },
  retry: {
    usage: "",
    what: "try again what was refused",
    run: async ({ client }) => {
      for (const { clientId, failed } of client.outgoing()) if (failed !== "") await client.resend(clientId)
    },
  },
  discard: {
    usage: "",
    what: "forget what was refused",
    run: async ({ client }) => {
      for (const { clientId, failed } of client.outgoing()) if (failed !== "") await client.discard(clientId)
    },
  },
  ...PLAY_COMMANDS,
  logout: {
    usage: "",
    what: "end this device's log-in and delete what is kept here",
    run: async ({ client, quit }) => {
      await client.logout(true)
      quit()
    },
  },
  help: { usage: "", what: "this list", run: help },
  quit: { usage: "", what: "leave; also Ctrl-C and Ctrl-D", run: ({ quit }) => quit() },
}

const nameOf = ({ client }: Desk, chat: number): string => toPlain(client.nameOf(chat))

function openGroup({ chat }: Desk): number {
  if (!isGroup(chat)) throw new Refusal("open a group first: /to NAME")
  return chat
}

async function to(desk: Desk, words: string[]): Promise<void> {
  const name = words.join(" ")
  if (name === "") throw new Refusal("say whom: /to NAME")
  desk.chat = await findChat(desk.client, name)
  await history(desk, [])
}

function chats(desk: Desk): void {
  const all = desk.client.chats()
  if (all.length === 0) desk.print("no conversation yet: /add NAME, then /to NAME")
  for (const { chat, lastAt, lastText, unread } of all) {
    const count = unread > 0 ? ` (${unread} unread)` : ""
    desk.print(`${nameOf(desk, chat)}${count}: [${formatTime(lastAt, Date.now())}] ${toPlain(lastText).split("\n")[0]}`)
  }
}

function friends(desk: Desk): void {
  const all = desk.client.contacts()
  if (all.length === 0) desk.print("nobody yet: /add NAME")
  for (const one of all) desk.print(`${nameOf(desk, one.uid)}: ${stateOf(one)}`)
}

async function add({ client, print }: Desk, [name = "", ...greeting]: string[]): Promise<void> {
  const uid = await findUser(client, name)
  await client.askFriend(uid, greeting.join(" "))
  const state = client.contacts().find((one) => one.uid === uid)?.state
  if (state !== ContactState.friend) print(`${toPlain(name)} is asked. When they accept, you can talk.`)
}

function groups(desk: Desk): void {
  const all = desk.client.groups()
  if (all.length === 0) desk.print("none yet: /group NAME FRIEND …")
  for (const { gid, count } of all) desk.print(`${nameOf(desk, gid)}: ${count} members, number ${gid}`)
}

async function group(desk: Desk, [name = "", ...friendNames]: string[]): Promise<void> {
  if (name === "" || friendNames.length === 0) throw new Refusal("say its name and who is in it: /group NAME FRIEND …")
  const members = await Promise.all(friendNames.map((one) => findUser(desk.client, one)))
  const { gid } = await desk.client.createGroup(name, members)
  desk.chat = gid
}

async function invite(desk: Desk, names: string[]): Promise<void> {
  const gid = openGroup(desk)
  if (names.length === 0) throw new Refusal("say whom: /invite FRIEND …")
  await desk.client.invite(gid, await Promise.all(names.map((one) => findUser(desk.client, one))))
}

async function leave(desk: Desk): Promise<void> {
  await desk.client.leaveGroup(openGroup(desk))
  desk.chat = 0
}

async function who(desk: Desk): Promise<void> {
  const { client, chat, print } = desk
  const { state, account } = client
  print(`you are ${account?.name}, ${state.is === "online" ? "online" : "offline"}`)
  if (chat === 0) return print("no conversation is open")
  if (!isGroup(chat)) {
    const contact = client.contacts().find(({ uid }) => uid === chat)
    return print(`${nameOf(desk, chat)}: ${stateOf(contact ?? { state: ContactState.none })}`)
  }
  const { members, owner } = await client.getGroup(chat)
  const names = members.map(({ uid, name }) => `${toPlain(name)}${uid === owner ? " (owner)" : ""}`)
  print(`${nameOf(desk, chat)}: ${names.join(", ")}`)
}

async function history(desk: Desk, [count = ""]: string[]): Promise<void> {
  const { client, chat, print } = desk
  if (chat === 0) throw new Refusal("open a conversation first: /to NAME")
  const wanted = Math.min(MOST_LINES, Math.trunc(Number(count)) || DEFAULT_LINES)
  for (const message of await read(client, chat, wanted)) print(toLine(client, message, Date.now()))
  await client.markRead(chat)
}

/** The newest, oldest first; from the service where too few are here and it can be asked. */
async function read(client: ChatClient, chat: number, wanted: number): Promise<Message[]> {
  let here = await client.messages(chat, undefined, wanted)
  while (here.length < wanted && client.state.is === "online" && (await client.history(chat)) > 0)
    here = await client.messages(chat, undefined, wanted)
  return here.reverse()
}

async function recall({ client, chat }: Desk): Promise<void> {
  const last = (await client.messages(chat, undefined, 200)).find(
    ({ mine, recalled, kind }) => mine && !recalled && kind === Kind.text,
  )
  if (last === undefined) throw new Refusal("there is no message of yours here")
  await client.recall(last)
}

function pending(desk: Desk): void {
  const all = desk.client.outgoing()
  if (all.length === 0) desk.print("nothing: all is sent")
  for (const { chat, text, failed, recalls } of all) {
    const what = recalls === 0 ? `“${toPlain(text)}”` : "a message to be taken back"
    desk.print(`to ${nameOf(desk, chat)}: ${what} ${failed === "" ? "waits" : `was refused: ${meaningOf(failed)}`}`)
  }
}

function help({ print }: Desk): void {
  for (const [name, { usage, what }] of Object.entries(COMMANDS)) print(`  ${`/${name} ${usage}`.padEnd(24)} ${what}`)
  print("  anything else            is said in the open conversation; // begins a message with /")
}
