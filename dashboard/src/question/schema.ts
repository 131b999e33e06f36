import { LIMITS, type Reports, STATS } from "@ossagent/wire"
import { z } from "zod"

/** The collector checks again; here the browser's wishes are held to what the dashboard itself can want. */
const text = z.string().max(LIMITS.value)
const at = z.number().int().min(0).max(8.64e15)
const dimension = z
  .string()
  .max(LIMITS.name + 6)
  .regex(/^(service|subsystem|version|host|label\..+)$/)
const filters = z
  .array(z.strictObject({ dim: dimension, op: z.enum(["in", "notIn"]), values: z.array(text).max(200) }))
  .max(16)
  .optional()
const stats = z.array(z.enum(STATS)).min(1).max(STATS.length)
const stat = z.enum(STATS)
const split = z.array(dimension).max(4).optional()
const metric = z.string().min(1).max(LIMITS.name)
const windowSec = z.number().int().min(1).max(86_400).optional()
const top = z.number().int().min(1).max(200).optional()
const limit = z.number().int().min(1).max(10_000).optional()

const steps = z.number().int().min(1).max(500).optional()
const compare = z
  .array(z.enum(["1d", "7d"]))
  .max(2)
  .optional()
const stepSec = z
  .number()
  .int()
  .min(1)
  .max(7 * 86_400)
  .optional()

const byVersion = z.boolean().optional()
const days = z.number().int().min(1).max(30)
const zone = z.string().max(64).optional()

export const QUESTIONS = {
  range: z.strictObject({ metric, from: at, to: at, stepSec, stats, filters, split, top, compare }),
  latest: z.strictObject({
    metrics: z.array(metric).max(200).optional(),
    filters,
    split: z.union([split.unwrap(), z.literal("series")]).optional(),
    windowSec,
    to: at.optional(),
    stats,
    limit,
  }),
  matrix: z.strictObject({
    metric,
    stat,
    rows: dimension.optional(),
    columns: dimension.optional(),
    filters,
    windowSec,
    to: at.optional(),
  }),
  catalog: z.strictObject({
    search: text.optional(),
    service: text.optional(),
    subsystem: text.optional(),
    metric: metric.optional(),
    since: at.optional(),
    limit,
    /** Of the catalog, as the stream told it: an answer that somebody else was given before that will not do. */
    catalogVersion: z.number().int().min(0).optional(),
  }),
  exceptions: z.strictObject({
    service: text.optional(),
    subsystem: text.optional(),
    version: text.optional(),
    from: at,
    to: at,
    newSince: at.optional(),
    steps,
    limit: z.number().int().min(1).max(1_000).optional(),
  }),
  exception: z.strictObject({ service: text, fingerprint: z.string().min(1).max(64), from: at, to: at, steps }),
  events: z.strictObject({ service: text.optional(), from: at, to: at }),
  funnel: z.strictObject({
    ...{ service: text.optional(), from: at, to: at, byVersion },
    steps: z.array(metric).min(2).max(8),
    withinSec: z.number().int().min(1).max(2_592_000),
  }),
  retention: z.strictObject({
    ...{ service: text.optional(), from: at, to: at, byVersion, days, zone, start: metric },
    back: z.string().max(LIMITS.name).optional(),
  }),
  activity: z.strictObject({
    ...{ service: text.optional(), from: at, to: at, byVersion, days, zone, did: metric },
    active: z.string().max(LIMITS.name).optional(),
  }),
} as const satisfies Record<keyof Reports, z.ZodType>

/** What one page may follow live. */
export const LIVE = z.strictObject({
  questions: z.array(z.strictObject({ id: z.string().min(1).max(32), metric, stats, filters, split, top })).max(32),
})
export type LiveBody = z.output<typeof LIVE>
