/** What a document of each kind must look like. Unknown fields are refused, so that a misspelt one is noticed. */
import type { OnCallKind, Route } from "@ossagent/wire"
import { IANAZone } from "luxon"
import { z } from "zod"

const name = z.string().trim().min(1).max(120)
const id = z.string().regex(/^[1-9]\d{0,17}$/, "is no id")
const severity = z.enum(["info", "warning", "critical"])
const channelKind = z.enum(["email", "sms", "im", "webhook", "slack", "feishu", "wecom"])
const timeZone = z.string().refine((zone) => IANAZone.isValidZone(zone), "is no time zone, such as Europe/Berlin")
const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time, such as 09:00")
const localDateTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, "must be a local time, such as 2026-11-02T09:00")
const localDate = z.string().regex(/^\d{4}-\d\d-\d\d$/, "must be a date, such as 2026-11-02")
const days = z.array(z.number().int().min(1).max(7)).max(7)
const minutes = (max: number) => z.number().int().min(0).max(max)
const WEEK_MIN = 10_080

export const matcherSchema = z.strictObject({
  dim: z.string().min(1).max(140),
  op: z.enum(["in", "notIn", "like"]),
  values: z.array(z.string().max(256)).min(1).max(100),
})
const matchers = z.array(matcherSchema).max(16)

const preference = z.strictObject({
  severities: z.array(severity).max(3),
  days,
  hours: z.strictObject({ from: localTime, to: localTime }).nullable(),
  channels: z.array(channelKind).max(7),
  mode: z.enum(["all", "inOrder"]),
  fallbackSec: z.number().int().min(10).max(3_600),
})

const contact = z.strictObject({
  name,
  language: z.enum(["en", "zh"]),
  timeZone,
  email: z
    .string()
    .regex(/^[^\s@<>,]+@[^\s@<>,]+$/, "is no e-mail address")
    .max(254)
    .optional(),
  phone: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, "must be international, such as +8613800138000")
    .optional(),
  im: z.string().trim().min(1).max(64).optional(),
  preferences: z.array(preference).max(20),
})

const layer = z.strictObject({
  name,
  contacts: z.array(id).min(1).max(100),
  start: localDateTime,
  turn: z.strictObject({ unit: z.enum(["hour", "day", "week"]), count: z.number().int().min(1).max(1_000) }),
  only: z.strictObject({ days, from: localTime, to: localTime }).optional(),
})

const schedule = z.strictObject({
  name,
  timeZone,
  layers: z.array(layer).min(1).max(20),
  overrides: z
    .array(
      z
        .strictObject({ contactId: id, from: z.number().int(), to: z.number().int() })
        .refine(({ from, to }) => from < to, { path: ["to"], message: "must be later than from" }),
    )
    .max(500),
})

const target = z.strictObject({ kind: z.enum(["contact", "schedule", "channel"]), id })

const policy = z.strictObject({
  name,
  steps: z
    .array(z.strictObject({ afterMin: minutes(WEEK_MIN), targets: z.array(target).min(1).max(50) }))
    .min(1)
    .max(20),
  rounds: z.number().int().min(0).max(10),
  repeatMin: minutes(WEEK_MIN),
  ackMin: minutes(WEEK_MIN),
  tellResolved: z.boolean(),
})

const MOST_DEPTH = 8

const routeNode: z.ZodType<Route> = z.lazy(() =>
  z.strictObject({
    name,
    matchers,
    continue: z.boolean(),
    policyId: id,
    groupBy: z.array(z.string().min(1).max(140)).max(8),
    groupWaitSec: z.number().int().min(0).max(600),
    children: z.array(routeNode).max(100),
  }),
)
const route = routeNode
  .refine((root) => root.matchers.length === 0, {
    path: ["matchers"],
    message: "must be empty at the root: it takes what nobody else takes",
  })
  .refine((root) => toDepth(root) <= MOST_DEPTH, `may be ${MOST_DEPTH} levels deep at most`)

const toDepth = (node: Route): number => 1 + Math.max(0, ...node.children.map(toDepth))

const inhibition = z.strictObject({
  name,
  source: matchers.min(1),
  target: matchers,
  equal: z.array(z.string().min(1).max(140)).max(8),
})

const maintenance = z
  .strictObject({
    name,
    matchers,
    timeZone,
    start: localDateTime,
    durationMin: z.number().int().min(1).max(WEEK_MIN),
    repeat: z.enum(["none", "daily", "weekly"]),
    days,
    until: localDate.optional(),
  })
  .refine(({ repeat, days }) => repeat !== "weekly" || days.length > 0, {
    path: ["days"],
    message: "a weekly maintenance needs days",
  })
  .refine(({ repeat, durationMin }) => repeat !== "daily" || durationMin < 1_440, {
    path: ["durationMin"],
    message: "a daily maintenance must be shorter than a day",
  })

const channel = z.strictObject({
  name,
  kind: channelKind,
  enabled: z.boolean(),
  settings: z.record(z.string().max(64), z.union([z.string().max(2_000), z.number(), z.boolean()])),
  secrets: z.record(z.string().max(64), z.string().max(2_000)).optional(),
})

const template = z.strictObject({
  name,
  message: z.enum(["firing", "escalated", "repeated", "resolved", "digest", "silence-ends", "silent-alerting", "test"]),
  channel: channelKind,
  language: z.enum(["en", "zh"]),
  subject: z.string().max(500).optional(),
  body: z.string().min(1).max(10_000),
})

export const ONCALL_SCHEMAS = {
  contact,
  schedule,
  policy,
  route,
  inhibition,
  maintenance,
  channel,
  template,
} satisfies Record<OnCallKind, z.ZodType>

export const kindSchema = z.strictObject({
  kind: z.enum(Object.keys(ONCALL_SCHEMAS) as [OnCallKind, ...OnCallKind[]]),
})

export const whoSchema = z.strictObject({
  group: z.record(z.string().max(140), z.string().max(256)).refine((group) => Object.keys(group).length <= 16),
  metric: z.string().max(256),
  rule: z.string().max(256),
  severity,
  at: z.number().int().optional(),
})
