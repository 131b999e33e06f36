/** The terminal client as people use it: processes of their own, lines in, lines out, killed and started again. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, it } from "vitest"
import { APP_KEY, type RunningIm, startIm } from "../testing.ts"
import { until } from "../until.ts"

const MAIN = fileURLToPath(new URL("../../client/dist/terminal/main.js", import.meta.url))
const PASSWORD = "a password of tests"
let im: RunningIm
let dir: string
const running = new Set<ChildProcess>()
beforeAll(async () => {
  im = await startIm()
  dir = await mkdtemp(join(tmpdir(), "im-terminal-"))
})
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL")
  await im?.stop()
  await rm(dir, { recursive: true, force: true })
})

interface Terminal {
  child: ChildProcess
  type: (...lines: string[]) => void
  /** All that was printed. */
  text: () => string
  sees: (text: string) => Promise<unknown>
  ended: Promise<number | null>
}

const args = (name: string, ...more: string[]): string[] => [
  ...[MAIN, "--dispatch", im.dispatchUrl, "--data", dir, "--name", name],
  ...more,
]
const env = () => ({ PATH: process.env.PATH, OSSAGENT_IM_APP_KEY: APP_KEY })

function start(name: string, ...more: string[]): Terminal {
  const child = spawn(process.execPath, args(name, ...more), { env: env(), stdio: ["pipe", "pipe", "pipe"] })
  running.add(child)
  let text = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (part: Buffer) => {
      text += part
    })
  const ended = once(child, "exit").then(([code]) => {
    running.delete(child)
    return code as number | null
  })
  return {
    ...{ child, ended },
    type: (...lines) => void child.stdin.write(lines.map((line) => `${line}\n`).join("")),
    text: () => text,
    sees: (part) => seen(() => text, part),
  }
}

/** Says what there was instead. */
async function seen(text: () => string, part: string): Promise<void> {
  await until(part, () => text().includes(part)).catch((error: Error) => {
    throw new Error(`${error.message}\n${text()}`)
  })
}

async function register(name: string): Promise<Terminal> {
  const terminal = start(name, "--register")
  terminal.type(PASSWORD)
  await terminal.sees(`you are ${name}`)
  return terminal
}

async function befriend(a: Terminal, b: Terminal, names: [string, string]): Promise<void> {
  a.type(`/add ${names[1]} it is me`)
  await b.sees(`${names[0]} wants to be your friend. “it is me”`)
  b.type(`/accept ${names[0]}`)
  for (const [i, one] of [b, a].entries()) await one.sees(`* ${names[i]} is your friend`)
}

const saidBy = (text: string, who: string): string[] =>
  [...text.matchAll(/^\[[^\]]+\] (.*)$/gm)].flatMap(([, line = ""]) =>
    line.startsWith(`${who}: `) ? [line.slice(who.length + 2)] : [],
  )

it("two people talk; one is killed while the other writes, and finds everything in order, once", async () => {
  const ada = await register("ada")
  const bob = await register("bob")
  await befriend(ada, bob, ["ada", "bob"])
  ada.type("/to bob", "zero")
  await bob.sees("ada: zero")
  bob.type("/to ada", "hello")
  await ada.sees("bob: hello")

  bob.child.kill("SIGKILL")
  expect(await bob.ended).toBe(null)
  const said = Array.from({ length: 30 }, (_, i) => `line ${i}`)
  ada.type(...said)
  ada.type("/pending")
  await until("all is sent", async () => {
    ada.type("/pending")
    return ada.text().endsWith("nothing: all is sent\n")
  })

  const back = start("bob")
  await back.sees("ada: line 29")
  expect(saidBy(back.text(), "ada")).toEqual(said)
  back.type("/to ada")
  back.type("/history 100")
  await until("the history", () => back.text().split("ada: line 29").length === 4)
  const history = back.text().slice(back.text().lastIndexOf("ada: zero") - 20)
  expect(saidBy(history, "ada")).toEqual(["zero", ...said])
  expect(saidBy(history, "you to ada")).toEqual(["hello"])
  back.type("/quit")
  ada.child.stdin?.end()
  expect([await back.ended, await ada.ended]).toEqual([0, 0])
  expect(back.text()).not.toContain(PASSWORD)
})

it("people look around, shake, and answer a bottle", async () => {
  const [sid, tess] = [await register("sid"), await register("tess")]
  sid.type("/nearby 48.137 11.575")
  await sid.sees("nobody looks around within 50 km")
  tess.type("/nearby 48.14,11.58")
  await tess.sees("sid: within 500 m. /add sid")
  tess.type("/nearby here", "/bottle", "/bottle reply hello")
  await tess.sees("! say where you are in degrees")
  await tess.sees("! say what: /bottle throw TEXT, pick, reply TEXT or back")
  await tess.sees("! you have no bottle in hand: /bottle pick")
  sid.type("/shake 48.137 11.575")
  tess.type("/shake 48.14 11.58")
  await sid.sees("tess within 500 m shakes too. /add tess")
  await tess.sees("sid within 500 m shakes too. /add sid")
  sid.type("/bottle throw who finds this?")
  await sid.sees("it floats. 5 more can be thrown today")
  tess.type("/bottle pick", "/bottle back", "/bottle pick", "/bottle reply I do")
  await tess.sees("“who finds this?” /bottle reply TEXT until")
  await tess.sees("it floats again")
  await sid.sees("tess wants to be your friend. “To your bottle “who finds this?”: I do”")
  for (const one of [sid, tess]) one.type("/quit")
  await Promise.all([sid.ended, tess.ended])
})

it("what was typed without a connection is kept over a kill and sent by the next run, once", async () => {
  const kim = await register("kim")
  const lee = await register("lee")
  await befriend(kim, lee, ["kim", "lee"])
  kim.type("/quit")
  await kim.ended
  const nowhere = spawn(process.execPath, [MAIN, "--dispatch", "http://127.0.0.1:9", "--data", dir, "--name", "kim"], {
    env: env(),
    stdio: ["pipe", "pipe", "inherit"],
  })
  running.add(nowhere)
  let text = ""
  nowhere.stdout.on("data", (part: Buffer) => {
    text += part
  })
  nowhere.stdin.write("/to lee\nfirst\nsecond\n/pending\n")
  await until("both wait", () => text.includes("“second” waits"))
  expect(text).toContain("* offline: ")
  nowhere.kill("SIGKILL")
  await once(nowhere, "exit")

  const again = start("kim")
  await lee.sees("kim: second")
  expect(saidBy(lee.text(), "kim")).toEqual(["first", "second"])
  for (const one of [again, lee]) one.child.stdin?.end()
  expect([await again.ended, await lee.ended]).toEqual([0, 0])
})

it("a group is made, spoken in, and a message taken back", async () => {
  const [tom, una, vic] = [await register("tom"), await register("una"), await register("vic")]
  await befriend(tom, una, ["tom", "una"])
  await befriend(tom, vic, ["tom", "vic"])
  tom.type('/group "our lunch" una vic', "where?")
  for (const one of [una, vic]) await one.sees("our lunch | tom: where?")
  vic.type("/to our lunch", "/who")
  await vic.sees("our lunch: tom (owner), una, vic")
  vic.type("here")
  await una.sees("our lunch | vic: here")
  vic.type("/recall")
  await una.sees("* our lunch | vic took a message of")
  vic.type("/leave")
  await una.sees("our lunch | * vic left")
  for (const one of [tom, una, vic]) one.child.kill("SIGTERM")
  expect(await Promise.all([tom.ended, una.ended, vic.ended])).toEqual([0, 0, 0])
})

it("says in words what cannot be done", async () => {
  const joe = await register("joe")
  joe.type("hello?", "/to nobody-there", "/dance", "/to joe")
  await joe.sees("! nobody is talked to: /to NAME first")
  await joe.sees("! There is no such user.")
  await joe.sees("! there is no /dance: /help lists what can be done")
  const second = start("joe")
  expect(await second.ended).toBe(1)
  expect(second.text()).toMatch(/cannot start: process \d+ chats under this name already/)
  joe.child.kill("SIGINT")
  expect(await joe.ended).toBe(0)
  const taken = start("JOE.", "--register")
  taken.type("short")
  expect(await taken.ended).toBe(1)
  expect(taken.text()).toContain("chat: a password has 8 to 128 characters")
})

/** How a line is drawn. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they begin with
const MOVES = /\u001b\[[0-9;]*[A-Za-z]/g
const SCRIPT = spawnSync("script", ["--version"]).status === 0

it.skipIf(!SCRIPT)(
  "on a terminal the password is not shown, and what comes leaves the line that is typed as it is",
  async () => {
    const max = await register("max")
    const command = [process.execPath, ...args("ned")].map((one) => `'${one}'`).join(" ")
    const ned = spawn("script", ["-qefc", command, "/dev/null"], { env: { ...env(), TERM: "xterm" } })
    running.add(ned)
    let text = ""
    ned.stdout.on("data", (part: Buffer) => {
      text += part
    })
    const plain = (): string => text.replace(MOVES, "")
    const sees = (part: string) => seen(plain, part)
    await sees("register this name? [L/r]")
    ned.stdin.write("r\r")
    await sees("A password for the chat")
    ned.stdin.write(`${PASSWORD}\r`)
    await sees("The same again:")
    ned.stdin.write(`${PASSWORD}\r`)
    await sees("you are ned")
    max.type("/add ned")
    await sees("max wants to be your friend")
    ned.stdin.write("/accept max\r")
    await sees("max is your friend")
    ned.stdin.write("/to max\r")
    await sees("max> ")
    ned.stdin.write("half a li")
    await sees("max> half a li")
    max.type("/to ned", "are you there?")
    await sees("max: are you there?")
    // the line is drawn again below what came
    await seen(() => plain().slice(plain().indexOf("are you there?")), "max> half a li")
    ned.stdin.write("ne\r")
    await max.sees("ned: half a line")
    ned.stdin.write("\u0003")
    const [code] = await once(ned, "exit")
    expect(code).toBe(0)
    expect(text).not.toContain(PASSWORD)
    for (const file of await readdir(dir, { recursive: true, withFileTypes: true }))
      if (file.isFile()) expect(await readFile(join(file.parentPath, file.name), "utf8")).not.toContain(PASSWORD)
    max.child.stdin?.end()
    expect(await max.ended).toBe(0)
  },
)
