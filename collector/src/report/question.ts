import { type Dimension, LIMITS, STATS, type Stat } from "@ossagent/wire"
import { z } from "zod"

/** The forms of questions: what crosses the border is checked here, once. */
const name = z.string().min(1).max(LIMITS.name)
const time = z.number().int().min(0).max(4e12)

export const DIMENSION = z.custom<Dimension>(
  (value) => typeof value === "string" && /^(service|subsystem|version|host|label\..{1,128})$/.test(value),
  "must be service, subsystem, version, host or label.<name>",
)
const FILTER = z.strictObject({
  dim: DIMENSION,
  op: z.enum(["in", "notIn"]),
  values: z.array(z.string().max(LIMITS.value)).min(1).max(1_000),
})
const STAT = z.enum(STATS as unknown as [Stat, ...Stat[]])
const stats = z.array(STAT).min(1).max(STATS.length)
const filters = z.array(FILTER).max(16).default([])
const split = z.array(DIMENSION).max(4).default([])
const top = z.number().int().min(1).max(200).default(10)
const windowSec = z.number().int().min(1).max(86_400)

const TO_AFTER_FROM: [(asked: { from: number; to: number }) => boolean, { message: string; path: string[] }] = [
  ({ from, to }) => to > from,
  { message: "to must be after from", path: ["to"] },
]

export const RANGE = z
  .strictObject({
    metric: name,
    from: time,
    to: time,
    stepSec: z
      .number()
      .int()
      .min(1)
      .max(86_400 * 31)
      .optional(),
    stats,
    filters,
    split,
    top,
    compare: z
      .array(z.enum(["1d", "7d"]))
      .max(2)
      .default([]),
  })
  .refine(...TO_AFTER_FROM)

export const LATEST = z.strictObject({
  metrics: z.array(name).min(1).max(500).optional(),
  filters,
  split: z.union([split, z.literal("series")]).default([]),
  windowSec: windowSec.default(10),
  to: time.optional(),
  stats,
  limit: z.number().int().min(1).max(200_000).default(10_000),
})

export const MATRIX = z.strictObject({
  metric: name,
  stat: STAT,
  rows: DIMENSION.default("subsystem"),
  columns: DIMENSION.default("version"),
  filters,
  windowSec: windowSec.default(300),
  to: time.optional(),
})

export const CATALOG = z.strictObject({
  search: z.string().max(200).optional(),
  service: z.string().max(LIMITS.value).optional(),
  subsystem: z.string().max(LIMITS.value).optional(),
  metric: z.string().max(LIMITS.name).optional(),
  since: time.optional(),
  limit: z.number().int().min(1).max(10_000).default(1_000),
})

const value = z.string().max(LIMITS.value)
export const EXCEPTIONS = z
  .strictObject({
    service: value.optional(),
    subsystem: value.optional(),
    version: value.optional(),
    from: time,
    to: time,
    newSince: time.optional(),
    steps: z.number().int().min(1).max(500).default(30),
    limit: z.number().int().min(1).max(1_000).default(100),
  })
  .refine(...TO_AFTER_FROM)

export const EXCEPTION = z
  .strictObject({
    service: value,
    fingerprint: z.string().min(1).max(64),
    from: time,
    to: time,
    steps: z.number().int().min(1).max(500).default(60),
  })
  .refine(...TO_AFTER_FROM)

/** Days of a cohort and those after it stand in one mask of 64 bits a user. */
const MOST_DAYS = 64
const DAY_MS = 86_400_000

const byVersion = z.boolean().default(false)
const days = z.number().int().min(1).max(30).default(7)
const zone = z.string().max(64).refine(isZone, "must be an IANA time zone, like Asia/Shanghai").default("UTC")
const ACTIVE_DAYS: [
  (asked: { from: number; to: number; days: number }) => boolean,
  { message: string; path: string[] },
] = [
  ({ from, to, days: after }) => Math.ceil((to - from) / DAY_MS) + 1 + after <= MOST_DAYS,
  { message: `from, to and days must span ${MOST_DAYS - 1} days or less`, path: ["to"] },
]

function isZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: text })
    return true
  } catch {
    return false
  }
}

export const EVENTS = z.strictObject({ service: value.optional(), from: time, to: time }).refine(...TO_AFTER_FROM)

export const FUNNEL = z
  .strictObject({
    service: value.optional(),
    from: time,
    to: time,
    steps: z
      .array(name)
      .min(2)
      .max(8)
      .refine((steps) => new Set(steps).size === steps.length, "must be different events"),
    withinSec: z
      .number()
      .int()
      .min(1)
      .max(30 * 86_400),
    byVersion,
  })
  .refine(...TO_AFTER_FROM)

export const RETENTION = z
  .strictObject({
    ...{ service: value.optional(), from: time, to: time, start: name, back: z.string().max(LIMITS.name).default("") },
    ...{ days, zone, byVersion },
  })
  .refine(...TO_AFTER_FROM)
  .refine(...ACTIVE_DAYS)

export const ACTIVITY = z
  .strictObject({
    ...{ service: value.optional(), from: time, to: time, did: name, active: z.string().max(LIMITS.name).default("") },
    ...{ days, zone, byVersion },
  })
  .refine(...TO_AFTER_FROM)
  .refine(...ACTIVE_DAYS)

export const LIVE = z.strictObject({
  questions: z
    .array(z.strictObject({ id: z.string().min(1).max(200), metric: name, stats, filters, split, top }))
    .max(32),
})
