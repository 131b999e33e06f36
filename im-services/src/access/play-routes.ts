import { CHAT_METHODS as CHAT, type Place } from "@ossagent/im-client/protocol"
import type { Outcome } from "@ossagent/svrkit/rpc"
import { nothing, of, type Route } from "./route.ts"

/** What play answers. Throws why it does not: its own refusal, or that it is away; nothing else depends on it. */
async function answerOf<R>(outcome: Promise<Outcome<R>>): Promise<R> {
  const came = await outcome
  if (!came.ok) throw came.why
  return came.reply
}

const toPlace = (place: Place | undefined): { lat: number; lng: number } | undefined =>
  place && { lat: place.lat, lng: place.lng }

/** Requests that play answers. */
export const PLAY_ROUTES: readonly [number, Route][] = [
  [
    CHAT.nearby.number,
    of(CHAT.nearby, async (to, { uid, options }, { place, hide }) => {
      const { people } = await answerOf(to.play.nearby({ uid, place: toPlace(place), hide }, options))
      return { people: people.map((one) => ({ uid: one.uid, name: one.name, metres: one.metres })) }
    }),
  ],
  [
    CHAT.shake.number,
    of(CHAT.shake, async (to, { uid, options }, { shake, place }) => {
      const found = await answerOf(to.play.shake({ uid, shake, place: toPlace(place) }, options))
      return { uid: found.uid, name: found.name, metres: found.metres }
    }),
  ],
  [
    CHAT.throwBottle.number,
    of(CHAT.throwBottle, async (to, { uid, options }, { clientId, text }) => {
      const { left } = await answerOf(to.play.throwBottle({ uid, clientId, text }, options))
      return { left }
    }),
  ],
  [
    CHAT.pickBottle.number,
    of(CHAT.pickBottle, async (to, { uid, options }) => {
      const { bottle, text, at, left, until } = await answerOf(to.play.pickBottle({ uid }, options))
      return { bottle, text, at, left, until }
    }),
  ],
  [
    CHAT.replyBottle.number,
    of(CHAT.replyBottle, (to, { uid, options }, { bottle, text }) =>
      nothing(answerOf(to.play.replyBottle({ uid, bottle, text }, options))),
    ),
  ],
]
