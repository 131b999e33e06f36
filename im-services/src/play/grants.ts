import type { ServerCall } from "@ossagent/svrkit/rpc"
import type { createNames } from "../names.ts"
import { type AnswerParts, tellThrower } from "./bottle/answer.ts"
import type { Picked, Sea } from "./bottle/sea.ts"
import type { Bottle } from "./generated/play.codec.ts"
import type { createLimits } from "./limits.ts"
import type { Place, Places } from "./place/places.ts"
import type { ShakePool } from "./shake/pool.ts"

export interface PlayState {
  places: Places
  shakes: ShakePool
  sea: Sea
  names: ReturnType<typeof createNames>
  limits: ReturnType<typeof createLimits>
  answer: AnswerParts
}

/** What logic may call: all that outlives a version of it, and what makes a promise that no version may break. */
export function createGrants({ places, shakes, sea, names, limits, answer }: PlayState) {
  return {
    names,
    limits,
    places: {
      put: (uid: number, place: Place) => places.put(uid, place),
      remove: (uid: number) => places.remove(uid),
      near: (uid: number, circle: Parameters<Places["near"]>[1]) => places.near(uid, circle),
    },
    shakes: {
      enter: (shaker: Parameters<ShakePool["enter"]>[0]) => shakes.enter(shaker),
      near: (uid: number, circle: Parameters<ShakePool["near"]>[1]) => shakes.near(uid, circle),
      longest: (uid: number, most: number) => shakes.longest(uid, most),
      pair: (uid: number, other: number) => shakes.pair(uid, other),
      wait: (uid: number, shake: number, ms: number) => shakes.wait(uid, shake, ms),
      leave: (uid: number, shake: number) => shakes.leave(uid, shake),
    },
    bottles: {
      throw: (thrown: Pick<Bottle, "uid" | "clientId" | "text">, aDay: number) => sea.throw(thrown, aDay),
      pick: (uid: number, limits: { aDay: number; heldMs: number }): Promise<Picked | null> => sea.pick(uid, limits),
      letGo: (uid: number, id: number) => sea.letGo(uid, id),
      /** False when the bottle is not in this one's hand. */
      answer: async (uid: number, id: number, text: string, call?: ServerCall | null): Promise<boolean> => {
        const found = sea.find(uid, id)
        if (found === null) return false
        if (found.isAnswered) return true
        await tellThrower(answer, { bottle: found.bottle, uid, text }, call)
        await sea.answered(uid, id)
        return true
      },
    },
  }
}

export type PlayGrants = ReturnType<typeof createGrants>
