/**
 * What the simulated shop did before the demo: minutes of the last day, so that the detector knows what is usual, and events of the last days
 * for the pages of behaviour. Frames of our own, for the agent emits what is now. Days of the past are as long as the demo's.
 */
import { randomBytes } from "node:crypto"
import {
  bucketOf,
  createPointGroup,
  encodeFrame,
  encodeItems,
  encodeNames,
  encodePoints,
  type FrameEvent,
  type FrameReply,
  type FrameSection,
  type PointGroup,
  SECTION,
  type Series,
} from "@ossagent/wire"
import { toBusy } from "../day/curve.ts"
import type { Installation } from "../installation.ts"
import { SERVICE } from "../names.ts"

const MINUTE_SEC = 60
/** The collector takes points up to a day old. */
const PAST_MINUTES = 23 * 60
const MINUTES_A_FRAME = 60
/** Charts of a quarter of an hour have steps of 5 s: so much of the past is told as finely. */
const FINE_MINUTES = 20
const FINE_SEC = 5
const DAY_MS = 86_400_000
const PAST_DAYS = 14
const CUSTOMERS_A_DAY = 120
const APPS = ["8.0.0", "8.0.1"]
const HOST = "demo"

export interface PastParts {
  installation: Installation
  daySec: number
  random: () => number
  /** Unix ms. */
  now: number
}

/** Sends all of it. Answers how many points and events the collector took; rejects when it does not answer. */
export async function tellPast(parts: PastParts): Promise<number> {
  const header = { agent: randomBytes(16).toString("hex"), epoch: parts.now, selfContained: true }
  let sequence = 0
  let taken = 0
  for (const sections of [...toMinutes(parts), ...toDays(parts)])
    taken += await send(parts.installation, encodeFrame({ ...header, sequence: ++sequence }, sections))
  return taken
}

async function send({ collector, ingestKey }: Installation, frame: Uint8Array): Promise<number> {
  const answer = await fetch(`${collector}/v1/frames`, {
    method: "POST",
    headers: { authorization: `Bearer ${ingestKey}`, "content-type": "application/x-ossagent-frame" },
    body: frame,
  })
  if (!answer.ok) throw new Error(`cannot tell the collector of the past: ${answer.status} ${await answer.text()}`)
  return ((await answer.json()) as FrameReply).accepted
}

const base = { service: SERVICE, host: HOST, labels: {} }
const counter = (metric: string, subsystem: string, version: string): Series => ({
  ...{ ...base, metric, subsystem, version, kind: "counter", unit: "" },
})
const timer = (metric: string, subsystem: string, version: string): Series => ({
  ...{ ...base, metric, subsystem, version, kind: "timer", unit: "ms" },
})

/** Frames of an hour each, oldest first. */
function* toMinutes(parts: PastParts): Generator<FrameSection[]> {
  const first = Math.floor(parts.now / 1_000 / MINUTE_SEC) - PAST_MINUTES
  for (let at = 0; at < PAST_MINUTES; at += MINUTES_A_FRAME) {
    const named = APPS.flatMap((version, i) => [
      { id: 3 * i + 1, series: counter("shop.item.viewed", "catalog", version) },
      { id: 3 * i + 2, series: counter("shop.order.paid", "checkout", version) },
      { id: 3 * i + 3, series: timer("shop.pay.call", "payment", version) },
    ])
    const sections: FrameSection[] = [{ type: SECTION.names, body: encodeNames(named) }]
    for (let i = at; i < at + MINUTES_A_FRAME; i++) {
      const stepSec = i < PAST_MINUTES - FINE_MINUTES ? MINUTE_SEC : FINE_SEC
      for (let sec = 0; sec < MINUTE_SEC; sec += stepSec) {
        const second = (first + i) * MINUTE_SEC + sec
        sections.push({ type: SECTION.points, body: toPoint({ second, stepSec }, parts) })
      }
    }
    yield sections
  }
}

interface Step {
  /** Unix seconds. */
  second: number
  stepSec: number
}

/** One step of all series: as much as the mean of the demo's curve over it, give or take a tenth. */
function toPoint({ second, stepSec }: Step, { daySec, random }: PastParts): Uint8Array {
  const counters = createPointGroup("counter", 2 * APPS.length)
  const timers = createPointGroup("timer", APPS.length, 64 * APPS.length)
  const busy = meanBusy({ second, stepSec }, daySec)
  for (const [i] of APPS.entries()) {
    const looks = Math.round(60 * stepSec * busy * (i === 0 ? 0.3 : 0.7) * (0.9 + 0.2 * random()))
    put(counters, 3 * i + 1, looks)
    put(counters, 3 * i + 2, Math.round(looks * 0.17))
    putTimes(timers, 3 * i + 3, { count: Math.max(1, Math.round(looks * 0.17)), random })
  }
  return encodePoints(second, [counters, timers])
}

function meanBusy({ second, stepSec }: Step, daySec: number): number {
  let sum = 0
  for (let i = 0; i < stepSec; i++) sum += toBusy((((second + i) % daySec) / daySec) * 24)
  return sum / stepSec
}

function put(group: PointGroup, id: number, sum: number): void {
  group.ids[group.length] = id
  group.sum[group.length++] = sum
}

/** Times of payments, drawn as the shop draws them. */
function putTimes(group: PointGroup, id: number, { count, random }: { count: number; random: () => number }): void {
  const buckets = new Map<number, number>()
  let [sum, min, max] = [0, Number.POSITIVE_INFINITY, 0]
  for (let i = 0; i < count; i++) {
    const ms = 25 + 60 * random() ** 2
    sum += ms
    min = Math.min(min, ms)
    max = Math.max(max, ms)
    buckets.set(bucketOf(ms), (buckets.get(bucketOf(ms)) ?? 0) + 1)
  }
  const row = group.length++
  group.ids[row] = id
  group.count[row] = count
  group.sum[row] = sum
  group.min[row] = min
  group.max[row] = max
  let at = group.bucketStart[row] as number
  for (const [bucket, n] of [...buckets].sort((a, b) => a[0] - b[0])) {
    group.bucketIndex[at] = bucket
    group.bucketCount[at++] = n
  }
  group.bucketStart[row + 1] = at
}

/** A frame for each day: fewer come back each day after their first, and those who pay more often than others. */
function* toDays({ now, random }: PastParts): Generator<FrameSection[]> {
  for (let day = PAST_DAYS; day >= 1; day--) {
    const items: FrameEvent[] = []
    for (let born = PAST_DAYS; born >= day; born--)
      for (let i = 0; i < CUSTOMERS_A_DAY; i++) {
        const payer = i % 4 === 0
        if (born > day && random() > (payer ? 0.7 : 0.35) / Math.sqrt(born - day)) continue
        const from = now - day * DAY_MS + random() * DAY_MS * 0.9
        items.push(...toVisit({ user: `demo-past-${born}-${i}`, from, payer, random }))
      }
    const body = encodeItems({ service: SERVICE, subsystem: "checkout", host: HOST, items })
    yield [{ type: SECTION.events, body }]
  }
}

interface Visit {
  user: string
  /** Unix ms. */
  from: number
  payer: boolean
  random: () => number
}

function toVisit({ user, from, payer, random }: Visit): FrameEvent[] {
  const version = user.length % 3 === 0 ? "8.0.0" : "8.0.1"
  const event = (name: string, sec: number): FrameEvent => ({
    ...{ name, user, version, at: Math.round(from + sec * 1_000), props: {} },
  })
  const events = [event("app.opened", 0), event("item.viewed", 5 + 60 * random())]
  if (random() < 0.5) events.push(event("cart.added", 90 + 60 * random()))
  if (events.length === 3 && random() < (payer ? 0.8 : 0.3)) events.push(event("order.paid", 200 + 60 * random()))
  return events
}
