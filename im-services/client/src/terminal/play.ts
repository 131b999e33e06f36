import type { Position } from "../talk/play.ts"
import type { Command, Desk } from "./commands.ts"
import { Refusal } from "./find.ts"
import { toPlain } from "./plain.ts"
import { formatTime } from "./words.ts"

/** Commands of people nearby, shake and drift bottles. */
export const PLAY_COMMANDS: Readonly<Record<string, Command>> = {
  nearby: {
    usage: "LAT LNG | off",
    what: "who else looks around near here; they see you, until /nearby off",
    run: nearby,
  },
  shake: { usage: "[LAT LNG]", what: "find somebody who shakes at the same moment, near first", run: shake },
  bottle: {
    usage: "DO [TEXT]",
    what: "drift bottles; DO is throw TEXT, pick, reply TEXT, or back (into the sea)",
    run: bottle,
  },
}

/** `48.137 11.575`, also with a comma between. */
function parsePosition(words: readonly string[]): Position {
  const [lat, lng, ...more] = words
    .flatMap((word) => word.split(","))
    .filter((word) => word !== "")
    .map(Number)
  if (lat === undefined || lng === undefined || more.length > 0 || Number.isNaN(lat) || Number.isNaN(lng))
    throw new Refusal("say where you are in degrees: 48.137 11.575")
  return { lat, lng }
}

const nameOf = ({ uid, name }: { uid: number; name: string }): string => (name === "" ? `user ${uid}` : toPlain(name))
const away = (metres: number): string => (metres < 1_000 ? `${metres} m` : `${(metres / 1_000).toFixed(1)} km`)

async function nearby({ client, print }: Desk, words: string[]): Promise<void> {
  if (words[0] === "off") {
    await client.hide()
    return print("you are not seen any more")
  }
  const people = await client.nearby(parsePosition(words))
  if (people.length === 0) print("nobody looks around within 50 km. You are seen for ten minutes, or until /nearby off")
  for (const one of people) print(`${nameOf(one)}: within ${away(one.metres)}. /add ${nameOf(one)}`)
}

async function shake({ client, print }: Desk, words: string[]): Promise<void> {
  print("shaking …")
  const found = await client.shake(words.length === 0 ? undefined : parsePosition(words))
  if (found.uid === 0) return print("nobody shakes at this moment: try again")
  const where = found.metres === 0 ? "" : ` within ${away(found.metres)}`
  print(`${nameOf(found)}${where} shakes too. /add ${nameOf(found)}`)
}

async function bottle(desk: Desk, [what = "", ...words]: string[]): Promise<void> {
  const does = { throw: throwOne, pick, reply, back: letGo }[what]
  if (does === undefined) throw new Refusal("say what: /bottle throw TEXT, pick, reply TEXT or back")
  await does(desk, words.join(" "))
}

async function throwOne({ client, print }: Desk, text: string): Promise<void> {
  if (text === "") throw new Refusal("say what is in it: /bottle throw TEXT")
  print(`it floats. ${await client.throwBottle(text)} more can be thrown today`)
}

async function pick(desk: Desk): Promise<void> {
  const { bottle: id, text, at, until } = await desk.client.pickBottle()
  desk.bottle = id
  if (id === 0) return desk.print("no bottle is there for you")
  const now = Date.now()
  desk.print(
    `a bottle of ${formatTime(at, now)}: “${toPlain(text)}” /bottle reply TEXT until ${formatTime(until, now)}, or /bottle back`,
  )
}

async function reply(desk: Desk, text: string): Promise<void> {
  if (text === "") throw new Refusal("say what you answer: /bottle reply TEXT")
  await desk.client.replyBottle(inHand(desk), text)
  desk.bottle = 0
  desk.print("its thrower is told, and can talk to you when they want to")
}

async function letGo(desk: Desk): Promise<void> {
  await desk.client.letBottleGo(inHand(desk))
  desk.bottle = 0
  desk.print("it floats again")
}

function inHand({ bottle: id }: Desk): number {
  if (id === 0) throw new Refusal("you have no bottle in hand: /bottle pick")
  return id
}
