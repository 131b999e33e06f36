/**
 * Shake: two people who shake within some seconds of each other are told of each other. Near ones first: only who found nobody near in the
 * first moment is given anybody. This folder is all of the version: it imports nothing but types.
 */
import type { CreateLogic, LogicCall, LogicHandlers } from "@ossagent/svrkit/logic"
import type { ShakeRequest } from "../../../generated/play.codec.ts"
import type { PlayHandlers } from "../../../generated/play.server.ts"
import type { PlayGrants } from "../../../grants.ts"
import type { Found } from "../../../shake/pool.ts"
import { isPlace, toHundreds } from "./place.ts"

type Grants = Pick<PlayGrants, "shakes" | "names" | "limits">

const NEAR_M = 5_000
/** Who is near has so long to come, ms; then anybody, for the rest. */
const NEAR_MS = 1_500
const REST_MS = 3_500
/** Whom else to try when one is taken at the same moment. */
const MOST_TRIED = 20
const A_MINUTE = 20
const IN_A_ROW = 5

type Call = LogicCall<Grants>

const create: CreateLogic<LogicHandlers<PlayHandlers, Grants, "shake">, Grants> = (context) => {
  /** Whom this shake found, or null. Others may find it meanwhile: every step looks. */
  const find = async ({ uid, shake, place }: ShakeRequest, { use }: Call): Promise<Found | null> => {
    await use.shakes.enter({ uid, shake, place })
    const first = place === undefined ? [] : await use.shakes.near(uid, { withinM: NEAR_M, most: MOST_TRIED })
    await pairOne(uid, first, use)
    const near = await use.shakes.wait(uid, shake, NEAR_MS)
    if (near !== null) return near
    await pairOne(uid, await use.shakes.longest(uid, MOST_TRIED), use)
    return (await use.shakes.wait(uid, shake, REST_MS)) ?? use.shakes.leave(uid, shake)
  }

  /** With the first of them who is still there. */
  const pairOne = async (uid: number, others: readonly { uid: number }[], use: Call["use"]): Promise<void> => {
    for (const other of others) if (await use.shakes.pair(uid, other.uid)) return
  }

  const shake = async (request: ShakeRequest, call: Call) => {
    const { uid, place } = request
    if (request.shake === 0) throw context.error("bad_request", "cannot shake without a number of this shake")
    if (place !== undefined && !isPlace(place)) throw context.error("bad_request", "cannot shake there: no such place")
    const waitMs = await call.use.limits.take("shake", uid, { perMin: A_MINUTE, inARow: IN_A_ROW })
    if (waitMs > 0) throw context.error("slow_down", "cannot shake so often", { retryAfterMs: waitMs })
    const found = await find(request, call)
    const isNear = found !== null && found.metres !== null && found.metres <= NEAR_M
    context.count("play.shake", 1, { found: found === null ? "nobody" : isNear ? "near" : "anybody" })
    if (found === null) return {}
    const [name = ""] = await call.use.names.of([found.uid])
    return { uid: found.uid, name, metres: found.metres === null ? 0 : toHundreds(found.metres) }
  }
  return { handlers: { shake } }
}
export default create
