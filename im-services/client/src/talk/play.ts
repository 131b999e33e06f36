import {
  CHAT_METHODS as CHAT,
  type NearbyReply,
  type PickReply,
  type Place,
  type ShakeReply,
} from "../protocol/index.ts"
import type { Presence } from "./presence.ts"

/** A place on earth, degrees. */
export type Position = Pick<Place, "lat" | "lng">
export type Person = NearbyReply["people"][0]
/** `bottle` 0: there was none. */
export type PickedBottle = PickReply

/** People nearby, shake, drift bottles. All reject with ChatError. */
export function createPlay(ask: Presence["ask"], newId: () => number) {
  return {
    /** Others who looked around within ten minutes, nearest first; from now on they see this user too. */
    nearby: async (place: Position): Promise<Person[]> => (await ask(CHAT.nearby, { place })).people,
    /** Be seen nearby no longer. */
    hide: async (): Promise<void> => void (await ask(CHAT.nearby, { hide: true })),
    /** Somebody who shakes at the same time, within some seconds; `uid` 0: nobody did. */
    shake: (place?: Position): Promise<ShakeReply> => ask(CHAT.shake, { shake: newId(), ...(place ? { place } : {}) }),
    /** Answers how many may be thrown today still. */
    throwBottle: async (text: string): Promise<number> =>
      (await ask(CHAT.throwBottle, { clientId: newId(), text })).left,
    /** Who has one in hand is given that again. */
    pickBottle: (): Promise<PickedBottle> => ask(CHAT.pickBottle, {}),
    /** A message where its thrower is a friend, else the question to be friends. */
    replyBottle: async (bottle: number, text: string): Promise<void> =>
      void (await ask(CHAT.replyBottle, { bottle, text })),
    /** Back into the sea. */
    letBottleGo: async (bottle: number): Promise<void> => void (await ask(CHAT.replyBottle, { bottle, text: "" })),
  }
}
