import { type Detection, LIMITS, type NewRule, STATS } from "@ossagent/wire"
import { z } from "zod"

const name = z.string().trim().min(1).max(LIMITS.name)
const dimension = z
  .string()
  .max(LIMITS.name + 6)
  .regex(/^(service|subsystem|version|host|label\..+)$/, "must be service, subsystem, version, host or label.<name>")
const values = z.array(z.string().max(LIMITS.value)).min(1).max(100)
const filter = z.strictObject({ dim: dimension, op: z.enum(["in", "notIn"]), values })
const seconds = (max: number) => z.number().int().min(0).max(max)
const DAY = 86_400
const side = z.enum([">", "<"])
const window = (max: number) => z.number().int().min(5).max(max)
/** What each kind cannot do without. */
const NEEDED: Record<Detection, readonly (keyof NewRule)[]> = {
  threshold: ["metric", "threshold"],
  change: ["metric", "change"],
  ratio: ["metric", "of", "threshold"],
  burn: ["metric", "of", "burn"],
  versions: ["metric", "versions"],
  absence: ["absenceSec"],
  history: [],
  exception: [],
  release: [],
}

/** A rule as a user may write it; unknown fields are refused so that a misspelt one is noticed. */
export const ruleSchema = z
  .strictObject({
    name,
    enabled: z.boolean(),
    severity: z.enum(["info", "warning", "critical"]),
    detection: z.enum([
      "threshold",
      "absence",
      "history",
      "change",
      "ratio",
      "burn",
      "versions",
      "exception",
      "release",
    ]),
    metric: z.string().max(LIMITS.name),
    stat: z.enum(STATS),
    filters: z.array(filter).max(16),
    split: z.array(dimension).max(4),
    windowSec: z.number().int().min(5).max(3_600),
    forSec: seconds(DAY),
    keepFiringSec: seconds(DAY),
    threshold: z.strictObject({ op: side, value: z.number(), clear: z.number().optional() }).optional(),
    change: z
      .strictObject({ against: z.enum(["1d", "7d"]), op: side, by: z.number(), clear: z.number().optional() })
      .optional(),
    of: z
      .strictObject({
        metric: z.string().min(1).max(LIMITS.name),
        stat: z.enum(STATS),
        filters: z.array(filter).max(16),
      })
      .optional(),
    burn: z
      .strictObject({
        objective: z.number().gt(0).lt(1),
        windows: z
          .array(
            z
              .strictObject({ longSec: window(DAY), shortSec: window(DAY), factor: z.number().positive() })
              .refine(({ longSec, shortSec }) => shortSec < longSec, {
                path: ["shortSec"],
                message: "must be shorter than longSec",
              }),
          )
          .min(1)
          .max(4),
      })
      .optional(),
    versions: z
      .strictObject({ op: side, factor: z.number().positive(), clear: z.number().positive().optional() })
      .optional(),
    minVolume: z.number().min(0).optional(),
    delaySec: z.number().int().min(0).max(3_600).optional(),
    owner: z.string().trim().min(1).max(120).optional(),
    absenceSec: z.number().int().min(5).max(DAY).optional(),
    sensitivity: z.number().min(0.5).max(0.999999).optional(),
    runbookUrl: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional(),
  })
  .superRefine((rule, check) => {
    const fault = (path: string, message: string) => check.addIssue({ code: "custom", path: [path], message })
    for (const field of NEEDED[rule.detection])
      if (rule[field] === undefined || rule[field] === "") fault(field, `a rule of ${rule.detection} needs it`)
    if (rule.detection === "versions" && !rule.split.includes("version"))
      fault("split", "must have version: versions are compared")
    const { op, value, clear } = rule.threshold ?? {}
    if (value !== undefined && clear !== undefined && (op === ">" ? clear > value : clear < value))
      check.addIssue({ code: "custom", path: ["threshold", "clear"], message: "lies on the bad side of the threshold" })
  })

export const silenceSchema = z.strictObject({
  matchers: z
    .array(z.strictObject({ dim: name, op: z.enum(["in", "notIn"]), values }))
    .min(1)
    .max(16),
  until: z.number().int(),
  reason: z.string().trim().min(1).max(1_000),
})

export const noteSchema = z.strictObject({ note: z.string().trim().max(2_000).optional() }).default({})
