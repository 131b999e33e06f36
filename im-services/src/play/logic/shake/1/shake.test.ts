/** The logic of shake on a real pool, its calls late by chance as between threads. */
import { ManualClock } from "@ossagent/im-client/manual-clock"
import { RpcError } from "@ossagent/svrkit/rpc"
import fc from "fast-check"
import { expect, it } from "vitest"
import { createLimits } from "../../../limits.ts"
import type { Place } from "../../../place/places.ts"
import { ShakePool } from "../../../shake/pool.ts"
import create from "./index.ts"

const BERLIN = { lat: 52.52, lng: 13.405 }
const NEAR_BERLIN = { lat: 52.53, lng: 13.41 }
const HAMBURG = { lat: 53.55, lng: 9.993 }

/** `late`: how many turns of the loop a call of a grant takes. */
function start(late: () => number = () => 0) {
  const clock = new ManualClock()
  const pool = new ShakePool(clock, 100)
  const limits = createLimits(() => clock.now())
  const granted = <G extends object>(group: G) =>
    new Proxy(group, {
      get:
        (target, name) =>
        async (...args: unknown[]) => {
          for (let i = late(); i > 0; i--) await Promise.resolve()
          return (Reflect.get(target, name) as (...given: unknown[]) => unknown).apply(target, args)
        },
    })
  const names = { of: (uids: number[]) => uids.map((uid) => `user ${uid}`) }
  const use = { shakes: granted(pool), limits: granted(limits), names: granted(names) }
  const context = { use, count: () => undefined, error: (code: string, text: string) => new RpcError(code, text) }
  const made = create(context as never) as Extract<ReturnType<typeof create>, { handlers: unknown }>
  const shake = (uid: number, place?: Place, number = uid * 1_000 + clock.now()) =>
    Promise.resolve(made.handlers.shake({ uid, shake: number, place } as never, { use } as never))
  return { clock, pool, shake }
}

it("near ones find each other at once, also when somebody far away has waited longer", async () => {
  const { clock, shake } = start()
  const far = shake(1, HAMBURG)
  const first = shake(2, BERLIN)
  await clock.advance(200)
  const second = shake(3, NEAR_BERLIN)
  await clock.advance(200)
  expect(await first).toEqual({ uid: 3, name: "user 3", metres: 1_200 })
  expect(await second).toEqual({ uid: 2, name: "user 2", metres: 1_200 })
  await clock.advance(6_000)
  expect(await far).toEqual({})
})

it("where nobody is near, anybody is found after a moment, with or without a place", async () => {
  const { clock, shake } = start()
  const both = Promise.all([shake(1, HAMBURG), shake(2)])
  await clock.advance(1_400)
  await clock.advance(200)
  expect(await both).toEqual([
    { uid: 2, name: "user 2", metres: 0 },
    { uid: 1, name: "user 1", metres: 0 },
  ])
})

it("it ends with nobody after five seconds", async () => {
  const { clock, shake } = start()
  let answer: unknown = null
  void shake(1, BERLIN).then((came) => {
    answer = came
  })
  await clock.advance(4_900)
  expect(answer).toBeNull()
  await clock.advance(200)
  expect(answer).toEqual({})
})

it("places that are none, shakes without a number and too many shakes are refused", async () => {
  const { shake, clock } = start()
  for (const place of [
    { lat: 91, lng: 0 },
    { lat: 0, lng: Number.NaN },
    { lat: 0, lng: Number.POSITIVE_INFINITY },
  ])
    await expect(shake(1, place)).rejects.toMatchObject({ code: "bad_request" })
  await expect(shake(1, BERLIN, 0)).rejects.toMatchObject({ code: "bad_request" })
  const some = Array.from({ length: 5 }, (_, i) => shake(1, BERLIN, i + 1))
  await expect(shake(1, BERLIN, 6)).rejects.toMatchObject({ code: "slow_down" })
  await clock.advance(6_000)
  await Promise.all(some)
})

it("among many who shake at once each finds one other or nobody, and whoever is found has found the finder", async () => {
  const someone = fc.record({
    lat: fc.constantFrom(52.5, 53.5),
    lng: fc.constantFrom(13.4, 10),
    afterMs: fc.nat(4_000),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(someone, { minLength: 2, maxLength: 12 }),
      fc.infiniteStream(fc.nat(6)),
      async (people, turns) => {
        const { clock, shake } = start(() => turns.next().value as number)
        const answers = new Map<number, number>()
        const arrivals = people.map(({ afterMs }, i) => ({ afterMs, uid: i + 1 })).sort((a, b) => a.afterMs - b.afterMs)
        let at = 0
        const all: Promise<unknown>[] = []
        for (const { afterMs, uid } of arrivals) {
          await clock.advance(afterMs - at)
          at = afterMs
          const place = people[uid - 1] as Place
          all.push(shake(uid, { lat: place.lat, lng: place.lng }).then(({ uid: found = 0 }) => answers.set(uid, found)))
        }
        await clock.advance(10_000)
        await Promise.all(all)
        for (const [uid, found] of answers) if (found > 0) expect(answers.get(found)).toBe(uid)
        const alone = [...answers.values()].filter((found) => found === 0).length
        if (people.every(({ afterMs }) => afterMs < 1_000)) expect(alone).toBe(people.length % 2)
      },
    ),
    { numRuns: 60 },
  )
})
