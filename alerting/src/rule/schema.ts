import { LIMITS, STATS } from "@ossagent/wire"
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

/** A rule as a user may write it; unknown fields are refused so that a misspelt one is noticed. */
export const ruleSchema = z
  .strictObject({
    name,
    enabled: z.boolean(),
    severity: z.enum(["info", "warning", "critical"]),
    detection: z.enum(["threshold", "absence", "history"]),
    metric: z.string().max(LIMITS.name),
    stat: z.enum(STATS),
    filters: z.array(filter).max(16),
    split: z.array(dimension).max(4),
    windowSec: z.number().int().min(5).max(3_600),
    forSec: seconds(DAY),
    keepFiringSec: seconds(DAY),
    threshold: z.strictObject({ op: z.enum([">", "<"]), value: z.number(), clear: z.number().optional() }).optional(),
    absenceSec: z.number().int().min(5).max(DAY).optional(),
    sensitivity: z.number().min(0.5).max(0.999999).optional(),
    runbookUrl: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional(),
  })
  .superRefine((rule, check) => {
    const missing = (path: string, message: string) => check.addIssue({ code: "custom", path: [path], message })
    if (rule.detection === "threshold" && !rule.threshold) missing("threshold", "a threshold rule needs one")
    if (rule.detection === "threshold" && rule.metric === "") missing("metric", "a threshold rule needs one")
    if (rule.detection === "absence" && rule.absenceSec === undefined) missing("absenceSec", "an absence rule needs it")
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
