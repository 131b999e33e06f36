import fc from "fast-check"
import { expect, it } from "vitest"
import { type Place, Places, toMetres } from "./places.ts"

const MINUTE = 60_000
const start = (more: Partial<ConstructorParameters<typeof Places>[0]> = {}) => {
  const clock = { now: 1_000_000 }
  const places = new Places({ staleMs: 10 * MINUTE, most: 1_000, now: () => clock.now, ...more })
  return { clock, places }
}
const ALL = { withinM: 50_000, most: 1_000 }

/** Great-circle distances between airports as aviation tables state them (Great Circle Mapper), km; they reckon on an ellipsoid: within 0.5 %. */
it.each([
  ["London to New York", { lat: 51.4706, lng: -0.461941 }, { lat: 40.639801, lng: -73.7789 }, 5_555],
  ["Tokyo to Los Angeles", { lat: 35.764702, lng: 140.386002 }, { lat: 33.942501, lng: -118.407997 }, 8_773],
  ["Sydney to Auckland", { lat: -33.946098, lng: 151.177002 }, { lat: -37.008099, lng: 174.792007 }, 2_160],
])("the distance from %s is what is known", (_, a, b, km) => {
  expect(Math.abs(toMetres(a, b) / 1_000 / km - 1)).toBeLessThan(0.005)
  expect(toMetres(b, a)).toBeCloseTo(toMetres(a, b), 3)
})

it("a degree of latitude is 111.2 km, and the other side of the date line is next door", () => {
  expect(toMetres({ lat: 10, lng: 20 }, { lat: 11, lng: 20 })).toBeCloseTo(111_195, -2)
  expect(toMetres({ lat: 0, lng: 179.9995 }, { lat: 0, lng: -179.9995 })).toBeLessThan(120)
})

it("others are found nearest first, whoever asks is not among them, and nobody beyond the circle", () => {
  const { places } = start()
  places.put(1, { lat: 48.137, lng: 11.575 })
  places.put(2, { lat: 48.147, lng: 11.575 })
  places.put(3, { lat: 48.138, lng: 11.576 })
  places.put(4, { lat: 49.45, lng: 11.08 })
  expect(places.near(1, ALL).map(({ uid }) => uid)).toEqual([3, 2])
  expect(places.near(1, { ...ALL, most: 1 }).map(({ uid }) => uid)).toEqual([3])
  expect(places.near(5, ALL)).toEqual([])
})

it("a place is known to a hundred metres: who moves within a house has not moved", () => {
  const { places } = start()
  places.put(1, { lat: 48.137, lng: 11.575 })
  places.put(2, { lat: 48.15, lng: 11.6 })
  const [before] = places.near(1, ALL)
  places.put(2, { lat: 48.15031, lng: 11.60021 })
  expect(places.near(1, ALL)).toEqual([before])
})

it("who was not heard of for ten minutes, took back to be seen, or is one too many, is not there", () => {
  const { places, clock } = start({ most: 3 })
  for (const uid of [1, 2, 3]) places.put(uid, { lat: 1, lng: 1 })
  places.put(4, { lat: 1, lng: 1 })
  expect(places.near(4, ALL).map(({ uid }) => uid)).toEqual([2, 3])
  places.remove(2)
  expect(places.near(4, ALL).map(({ uid }) => uid)).toEqual([3])
  clock.now += 9 * MINUTE
  places.put(4, { lat: 1, lng: 1 })
  clock.now += MINUTE
  expect(places.near(4, ALL)).toEqual([])
  expect(places.size).toBe(1)
})

/** Also at the poles and on both sides of the date line. */
const aPlace = fc.record({
  lat: fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, -89.999, 89.999, 90)),
  lng: fc.oneof(fc.double({ min: -180, max: 180, noNaN: true }), fc.constantFrom(-180, -179.999, 179.999, 180)),
})
const round = ({ lat, lng }: Place): Place => ({ lat: Math.round(lat * 1e3) / 1e3, lng: Math.round(lng * 1e3) / 1e3 })

it("what the index finds is what looking at everybody finds, wherever they are", () => {
  const around = fc.tuple(aPlace, fc.array(fc.tuple(fc.double({ min: -1, max: 1 }), fc.double({ min: -1, max: 1 }))))
  fc.assert(
    fc.property(around, fc.constantFrom(500, 5_000, 50_000, 150_000), ([middle, steps], withinM) => {
      const { places } = start()
      const all = [middle, ...steps.map(([a, b]) => toMoved(middle, a, b))].map(round)
      for (const [uid, place] of all.entries()) places.put(uid, place)
      const own = all[0] as Place
      const wanted = all
        .map((place, uid) => ({ uid, metres: toMetres(own, place) }))
        .filter(({ uid, metres }) => uid > 0 && metres <= withinM)
        .sort((a, b) => a.metres - b.metres || a.uid - b.uid)
      expect(places.near(0, { withinM, most: 1_000 }).map(({ uid }) => uid)).toEqual(wanted.map(({ uid }) => uid))
    }),
    { numRuns: 300 },
  )
})

function toMoved({ lat, lng }: Place, north: number, east: number): Place {
  const moved = lng + (Number.isNaN(east) ? 0 : east * 2)
  return {
    lat: Math.max(-90, Math.min(90, lat + (Number.isNaN(north) ? 0 : north))),
    lng: moved > 180 ? moved - 360 : moved < -180 ? moved + 360 : moved,
  }
}
