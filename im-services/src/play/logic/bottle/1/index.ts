/**
 * Drift bottles: thrown by one, picked up by anybody else, answered once. A bottle is in one hand at a time; who has it and when it floats on,
 * the service keeps. This folder is all of the version: it imports nothing but types.
 */
import type { CreateLogic, LogicCall, LogicHandlers } from "@ossagent/svrkit/logic"
import type { BottleRequest, PickRequest, ThrowRequest } from "../../../generated/play.codec.ts"
import type { PlayHandlers } from "../../../generated/play.server.ts"
import type { PlayGrants } from "../../../grants.ts"

type Grants = Pick<PlayGrants, "bottles">

const THROWS_A_DAY = 6
const PICKS_A_DAY = 10
const HELD_MS = 3_600_000
const MOST_TEXT = 200
const MOST_ANSWER = 120

type Call = LogicCall<Grants>
type Methods = "throwBottle" | "pickBottle" | "replyBottle"

/** Without blanks around it; null when it is none, or too long. */
function tryText(text: string, most: number): string | null {
  const clean = text.trim()
  return clean === "" || [...clean].length > most || clean.includes("\0") ? null : clean
}

const create: CreateLogic<LogicHandlers<PlayHandlers, Grants, Methods>, Grants> = (context) => {
  const throwBottle = async ({ uid, clientId, text: given }: ThrowRequest, { use }: Call) => {
    const text = tryText(given, MOST_TEXT)
    if (text === null) throw context.error("bad_request", `a bottle holds 1 to ${MOST_TEXT} characters`)
    if (clientId === 0) throw context.error("bad_request", "cannot throw a bottle without a client id")
    const left = await use.bottles.throw({ uid, clientId, text }, THROWS_A_DAY)
    if (left === null) throw context.error("enough", `${THROWS_A_DAY} bottles can be thrown a day`)
    context.count("play.bottle", 1, { what: "thrown" })
    return { left }
  }

  const pickBottle = async ({ uid }: PickRequest, { use }: Call) => {
    const picked = await use.bottles.pick(uid, { aDay: PICKS_A_DAY, heldMs: HELD_MS })
    if (picked === null) throw context.error("enough", `${PICKS_A_DAY} bottles can be picked up a day`)
    const { bottle, left } = picked
    context.count("play.bottle", 1, { what: bottle === null ? "none" : "picked" })
    return bottle === null
      ? { left }
      : { bottle: bottle.id, text: bottle.text, at: bottle.at, until: bottle.until, left }
  }

  const replyBottle = async ({ uid, bottle, text: given }: BottleRequest, { use }: Call) => {
    const text = given === "" ? "" : tryText(given, MOST_ANSWER)
    if (text === null) throw context.error("bad_request", `an answer has 1 to ${MOST_ANSWER} characters`)
    if (text === "") await use.bottles.letGo(uid, bottle)
    else if (!(await use.bottles.answer(uid, bottle, text)))
      throw context.error("no_bottle", "this bottle is not in your hand, or no more")
    context.count("play.bottle", 1, { what: text === "" ? "let_go" : "answered" })
    return {}
  }
  return { handlers: { throwBottle, pickBottle, replyBottle } }
}
export default create
