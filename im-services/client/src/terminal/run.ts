/**
 * The chat in a terminal: reads lines, prints what comes. In: where the service is and who talks; out: lines, and a store in a directory
 * that goes on where the last run ended. Commands are in commands.ts, what is printed by itself in news.ts, the terminal in screen.ts.
 */
import { join } from "node:path"
import { type ClientState, createClient } from "../client.ts"
import { FileStore } from "../store/file.ts"
import { tcpTransport } from "../transport/tcp.ts"
import { enterAccount } from "./account.ts"
import { claimStore } from "./claim.ts"
import { COMMANDS, type Desk } from "./commands.ts"
import { Refusal, toWords } from "./find.ts"
import { News } from "./news.ts"
import { toPlain } from "./plain.ts"
import { Screen, type Streams } from "./screen.ts"
import { meaningOf, toReason } from "./words.ts"

export interface TerminalOptions {
  /** http://… of dispatch. */
  dispatch: string
  appKey: string
  /** Asked for where it is undefined. */
  name: string | undefined
  /** A new user, without being asked. */
  register: boolean
  /** Holds a directory for each name. */
  dataDir: string
  streams: Streams
}

const NAME = /^[A-Za-z0-9._-]{2,32}$/
const ONLINE_MS = 5_000
const SENT_MS = 10_000
const LOOK_MS = 50

/** Talks until somebody quits or the input ends. Answers the exit code. Rejects with an Error that says what cannot be done. */
export async function runTerminal(options: TerminalOptions): Promise<number> {
  let quit = (_code?: number): void => undefined
  const left = new Promise<number>((resolve) => {
    quit = (code = 0) => resolve(code)
  })
  const screen = new Screen(options.streams, () => quit())
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => quit())
  try {
    const whole = talk(options, screen, { quit, left })
    return await Promise.race([whole, left])
  } finally {
    quit()
    screen.close()
  }
}

interface Leaving {
  quit: (code?: number) => void
  left: Promise<number>
}

async function talk(options: TerminalOptions, screen: Screen, { quit, left }: Leaving): Promise<number> {
  const name = options.name ?? (await screen.read("Your name in the chat: "))?.trim() ?? ""
  if (!NAME.test(name)) throw new Error("a name has 2 to 32 letters, digits, - . _: give it with --name")
  const dir = join(options.dataDir, `chat-${name.toLowerCase()}`)
  const claim = claimStore(dir)
  process.once("exit", claim.release)
  const news = new News(screen)
  let told: ClientState["is"] = "connecting"
  let talking = false
  const client = await createClient({
    ...{ store: new FileStore(dir), transport: tcpTransport(), dispatch: options.dispatch, appKey: options.appKey },
    deviceName: "terminal",
    onChange: (update) => news.take(update),
    onState: (state) => {
      if (state.is === "out" && state.why !== "" && talking) {
        screen.print(`! logged out: ${meaningOf(state.why)}`)
        quit(1)
      } else told = tell(screen, state, told)
    },
  })
  void left.then(() => client.stop())
  await waitFor(() => client.state.is !== "connecting", ONLINE_MS)
  if (client.state.is === "out") {
    if (client.state.why !== "") screen.print(`* ${meaningOf(client.state.why)}`)
    if (!(await enterAccount(client, screen, { name, register: options.register }))) return 1
  }
  talking = true
  screen.print(`* you are ${client.account?.name}. /help lists what can be done`)
  await news.begin(client)
  const desk: Desk = { client, print: (text) => screen.print(text), chat: 0, bottle: 0, quit }
  for (;;) {
    const line = await screen.read(desk.chat === 0 ? "> " : `${client.nameOf(desk.chat)}> `)
    if (line === null) break
    await handle(desk, line, news).catch((error: unknown) => screen.print(`! ${toReason(error)}`))
  }
  // what is not sent by then goes out with the next run
  await waitFor(() => client.outgoing().every(({ failed }) => failed !== ""), SENT_MS)
  await client.stop()
  return 0
}

async function handle(desk: Desk, line: string, news: News): Promise<void> {
  if (line.trim() === "") return
  if (line.startsWith("/") && !line.startsWith("//")) {
    const [name = "", ...words] = toWords(line.slice(1))
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (command === undefined) throw new Refusal(`there is no /${toPlain(name)}: /help lists what can be done`)
    await command.run(desk, words)
    return
  }
  if (desk.chat === 0) throw new Refusal("nobody is talked to: /to NAME first")
  const { clientId } = await desk.client.send(desk.chat, line.replace(/^\/\//, "/"))
  news.wasTyped(clientId)
}

/** Tells of changes that matter to people; answers what was told last. */
function tell(screen: Screen, state: ClientState, told: ClientState["is"]): ClientState["is"] {
  if (state.is === "waiting" && told !== "waiting")
    screen.print(`* offline: ${meaningOf(state.why)} What you write is kept and sent later.`)
  else if (state.is === "online" && told === "waiting") screen.print("* online again")
  return state.is === "connecting" ? told : state.is
}

async function waitFor(condition: () => boolean, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs
  while (!condition() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
}
