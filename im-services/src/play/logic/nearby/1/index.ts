/**
 * People nearby: who asks is seen by others who ask, for a while, by distance in hundreds of metres. This folder is all of the version: it
 * imports nothing but types.
 */
import type { CreateLogic, LogicCall, LogicHandlers } from "@ossagent/svrkit/logic"
import type { NearbyRequest } from "../../../generated/play.codec.ts"
import type { PlayHandlers } from "../../../generated/play.server.ts"
import type { PlayGrants } from "../../../grants.ts"
import { isPlace, toHundreds } from "./place.ts"

type Grants = Pick<PlayGrants, "places" | "names" | "limits">

const WITHIN_M = 50_000
const MOST_PEOPLE = 50
const A_MINUTE = 6
const IN_A_ROW = 3

const create: CreateLogic<LogicHandlers<PlayHandlers, Grants, "nearby">, Grants> = (context) => {
  const nearby = async ({ uid, place, hide }: NearbyRequest, { use }: LogicCall<Grants>) => {
    if (hide) {
      await use.places.remove(uid)
      return {}
    }
    if (place === undefined || !isPlace(place))
      throw context.error(
        "bad_request",
        "cannot look around: a place is needed, latitude -90 to 90, longitude -180 to 180",
      )
    const waitMs = await use.limits.take("nearby", uid, { perMin: A_MINUTE, inARow: IN_A_ROW })
    if (waitMs > 0) throw context.error("slow_down", "cannot look around so often", { retryAfterMs: waitMs })
    await use.places.put(uid, place)
    const near = await use.places.near(uid, { withinM: WITHIN_M, most: MOST_PEOPLE })
    const names = await use.names.of(near.map((one) => one.uid))
    context.count("play.nearby", 1, { found: near.length === 0 ? "nobody" : "somebody" })
    return { people: near.map((one, i) => ({ uid: one.uid, name: names[i] ?? "", metres: toHundreds(one.metres) })) }
  }
  return { handlers: { nearby } }
}
export default create
