import { distanceBetween, geohashForLocation, geohashQueryBounds } from "geofire-common"

/** Degrees: latitude -90 to 90, longitude -180 to 180. */
export interface Place {
  lat: number
  lng: number
}

/** Somebody, and how far away. */
export interface Near {
  uid: number
  metres: number
}

interface Spot {
  uid: number
  hash: string
  at: [lat: number, lng: number]
  since: number
}

export interface PlacesOptions {
  /** After so long somebody who was not heard of again is not there, ms. */
  staleMs: number
  /** People at most; beyond, the one who was heard of longest ago goes. */
  most: number
  now: () => number
}

/** A degree of latitude is 111 km: places are known to some 100 m and no better, so that no series of questions finds anybody's door. */
const GRID = 1_000
const HASH_CHARS = 10
/** Circles that are looked into one after the other, until enough people are found, m. */
const CIRCLES = [300, 1_000, 5_000, 20_000, 100_000]
/** Of a crowd within the smallest circle so many are looked at. */
const MOST_SPOTS = 5_000
const POLAR_DEGREE_M = 110_000
const POLAR_LAT = 89

/** Great-circle distance, m. */
export const toMetres = (a: Place, b: Place): number => distanceBetween([a.lat, a.lng], [b.lat, b.lng]) * 1_000

/** Stretches of geohashes that hold all of a circle. Around a pole, where the library's do not, and nobody lives, that is everything. */
const toStretches = (at: Spot["at"], radius: number): [from: string, to: string][] =>
  Math.abs(at[0]) + radius / POLAR_DEGREE_M > POLAR_LAT ? [["", "~"]] : geohashQueryBounds(at, radius)

/** Who is where: in memory, in the order of geohashes, so that a circle is a few stretches of it. */
export class Places {
  private readonly options: PlacesOptions
  /** In the order in which they were heard of. */
  private readonly byUser = new Map<number, Spot>()
  /** In the order of their geohashes. */
  private readonly spots: Spot[] = []

  constructor(options: PlacesOptions) {
    this.options = options
  }

  get size(): number {
    return this.byUser.size
  }

  put(uid: number, place: Place): void {
    this.remove(uid)
    const at: Spot["at"] = [Math.round(place.lat * GRID) / GRID, Math.round(place.lng * GRID) / GRID]
    const spot = { uid, at, hash: geohashForLocation(at, HASH_CHARS), since: this.options.now() }
    this.spots.splice(this.indexOf(spot.hash), 0, spot)
    this.byUser.set(uid, spot)
    this.forget()
  }

  remove(uid: number): void {
    const spot = this.byUser.get(uid)
    if (spot === undefined) return
    this.byUser.delete(uid)
    this.spots.splice(this.spots.indexOf(spot, this.indexOf(spot.hash)), 1)
  }

  /** Others within a circle around somebody, nearest first, at most so many; none where this one's place is not known. */
  near(uid: number, { withinM, most }: { withinM: number; most: number }): Near[] {
    const own = this.byUser.get(uid)
    if (own === undefined) return []
    this.forget()
    for (const radius of [...CIRCLES.filter((one) => one < withinM), withinM]) {
      const found = this.within(own, radius)
      if (found.length >= most || radius === withinM) return found.slice(0, most)
    }
    return []
  }

  private within(own: Spot, radius: number): Near[] {
    const found: Near[] = []
    const seen = new Set<number>([own.uid])
    for (const [from, to] of toStretches(own.at, radius)) {
      for (let i = this.indexOf(from); i < this.spots.length && seen.size < MOST_SPOTS; i++) {
        const { uid, hash, at } = this.spots[i] as Spot
        if (hash > to) break
        if (seen.has(uid)) continue
        seen.add(uid)
        const metres = distanceBetween(own.at, at) * 1_000
        if (metres <= radius) found.push({ uid, metres })
      }
    }
    return found.sort((a, b) => a.metres - b.metres || a.uid - b.uid)
  }

  /** Where the first of this geohash stands, or would. */
  private indexOf(hash: string): number {
    let [low, high] = [0, this.spots.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.spots[middle] as Spot).hash < hash) low = middle + 1
      else high = middle
    }
    return low
  }

  private forget(): void {
    const before = this.options.now() - this.options.staleMs
    for (const { uid, since } of this.byUser.values()) {
      if (since > before && this.byUser.size <= this.options.most) break
      this.remove(uid)
    }
  }
}
