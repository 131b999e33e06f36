import { LIMITS, STATS } from "@ossagent/wire"
import { z } from "zod"
import type { Role } from "../auth/roles.ts"

/** What the browser may ask of the alerting service, by whom, and in which form; nothing else is passed on. */
interface AlertingCall {
  method: "GET" | "POST" | "PUT" | "DELETE"
  path: RegExp
  role: Role
  body?: z.ZodType
}

const values = z.array(z.string().max(LIMITS.value)).min(1).max(100)
const seconds = z.number().int().min(0).max(86_400)
const dimension = z.string().regex(/^(service|subsystem|version|host|label\..+)$/)
const note = z.strictObject({ note: z.string().trim().max(2_000).optional() })
const matcher = z.strictObject({ dim: z.string().min(1).max(LIMITS.name), op: z.enum(["in", "notIn"]), values })
const silence = z.strictObject({
  matchers: z.array(matcher).min(1).max(16),
  until: z.number().int(),
  reason: z.string().trim().min(1).max(1_000),
})
const rule = z.strictObject({
  name: z.string().trim().min(1).max(LIMITS.name),
  enabled: z.boolean(),
  severity: z.enum(["info", "warning", "critical"]),
  detection: z.enum(["threshold", "absence", "history", "exception"]),
  metric: z.string().max(LIMITS.name),
  stat: z.enum(STATS),
  filters: z.array(z.strictObject({ dim: dimension, op: z.enum(["in", "notIn"]), values })).max(16),
  split: z.array(dimension).max(6),
  windowSec: z.number().int().min(1).max(86_400),
  forSec: seconds,
  keepFiringSec: seconds,
  threshold: z.strictObject({ op: z.enum([">", "<"]), value: z.number(), clear: z.number().optional() }).optional(),
  absenceSec: seconds.optional(),
  sensitivity: z.number().min(0).max(1).optional(),
  runbookUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional(),
})

const time = z.number().int().min(0).max(4e12)
const backtest = z.strictObject({ rule, from: time, to: time })

const ID = "[A-Za-z0-9_-]{1,64}"
const on = (pattern: string): RegExp => new RegExp(`^${pattern.replace(":id", ID)}$`)

const CALLS: AlertingCall[] = [
  { method: "GET", path: on("alarms"), role: "viewer" },
  { method: "GET", path: on("alarms/:id"), role: "viewer" },
  { method: "POST", path: on("alarms/:id/acknowledge"), role: "operator", body: note },
  { method: "POST", path: on("alarms/:id/resolve"), role: "operator", body: note },
  { method: "GET", path: on("silences"), role: "viewer" },
  { method: "POST", path: on("silences"), role: "operator", body: silence },
  { method: "DELETE", path: on("silences/:id"), role: "operator" },
  { method: "GET", path: on("rules"), role: "viewer" },
  { method: "POST", path: on("rules"), role: "operator", body: rule },
  { method: "POST", path: on("rules/backtest"), role: "viewer", body: backtest },
  { method: "PUT", path: on("rules/:id"), role: "operator", body: rule },
  { method: "DELETE", path: on("rules/:id"), role: "operator" },
  { method: "GET", path: on("outbox"), role: "viewer" },
  { method: "GET", path: on("outbox/:id"), role: "viewer" },
]

/** The call that this is, or undefined. */
export const findCall = (method: string, path: string): AlertingCall | undefined =>
  CALLS.find((call) => call.method === method && call.path.test(path))
