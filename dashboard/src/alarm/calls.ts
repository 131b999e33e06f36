import { LIMITS } from "@ossagent/wire"
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
const note = z.strictObject({ note: z.string().trim().max(2_000).optional() })
const matcher = z.strictObject({ dim: z.string().min(1).max(LIMITS.name), op: z.enum(["in", "notIn"]), values })
const silence = z.strictObject({
  matchers: z.array(matcher).min(1).max(16),
  until: z.number().int(),
  reason: z.string().trim().min(1).max(1_000),
})
/** Rules and what is set up about people: the alerting service judges their form and says where it is wrong. */
const document = z.record(z.string(), z.unknown())
const needed = z.strictObject({ note: z.string().trim().min(1).max(2_000) })
const feedback = z.strictObject({ verdict: z.enum(["useful", "noise"]) })
const test = z.strictObject({ to: z.string().trim().min(1).max(200).optional() })

const time = z.number().int().min(0).max(4e12)
const backtest = z.strictObject({ rule: document, from: time, to: time })

const ID = "[A-Za-z0-9_-]{1,64}"
const KIND = "(contact|schedule|policy|route|inhibition|maintenance|channel|template)"
const on = (pattern: string): RegExp => new RegExp(`^${pattern.replace(":id", ID).replace(":kind", KIND)}$`)

const CALLS: AlertingCall[] = [
  { method: "GET", path: on("alarms"), role: "viewer" },
  { method: "GET", path: on("alarms/:id"), role: "viewer" },
  { method: "POST", path: on("alarms/:id/acknowledge"), role: "operator", body: note },
  { method: "POST", path: on("alarms/:id/resolve"), role: "operator", body: note },
  { method: "GET", path: on("incidents"), role: "viewer" },
  { method: "GET", path: on("incidents/:id"), role: "viewer" },
  { method: "POST", path: on("incidents/:id/acknowledge"), role: "operator", body: note },
  { method: "POST", path: on("incidents/:id/resolve"), role: "operator", body: note },
  { method: "POST", path: on("incidents/:id/notes"), role: "operator", body: needed },
  { method: "POST", path: on("incidents/:id/feedback"), role: "operator", body: feedback },
  { method: "GET", path: on("care"), role: "viewer" },
  { method: "GET", path: on("messages"), role: "viewer" },
  { method: "GET", path: on("oncall/now"), role: "viewer" },
  { method: "POST", path: on("oncall/who"), role: "viewer", body: document },
  { method: "GET", path: on("oncall/:kind"), role: "viewer" },
  { method: "POST", path: on("oncall/:kind"), role: "operator", body: document },
  { method: "PUT", path: on("oncall/:kind/:id"), role: "operator", body: document },
  { method: "DELETE", path: on("oncall/:kind/:id"), role: "operator" },
  { method: "POST", path: on("oncall/channel/:id/test"), role: "operator", body: test },
  { method: "GET", path: on("templates/variables"), role: "viewer" },
  { method: "GET", path: on("silences"), role: "viewer" },
  { method: "POST", path: on("silences"), role: "operator", body: silence },
  { method: "DELETE", path: on("silences/:id"), role: "operator" },
  { method: "GET", path: on("rules"), role: "viewer" },
  { method: "POST", path: on("rules"), role: "operator", body: document },
  { method: "POST", path: on("rules/backtest"), role: "viewer", body: backtest },
  { method: "PUT", path: on("rules/:id"), role: "operator", body: document },
  { method: "DELETE", path: on("rules/:id"), role: "operator" },
  { method: "GET", path: on("logic"), role: "viewer" },
  { method: "GET", path: on("releases"), role: "viewer" },
  { method: "GET", path: on("releases/:id"), role: "viewer" },
  { method: "POST", path: on("releases"), role: "operator", body: document },
  { method: "POST", path: on("releases/:id/abort"), role: "operator", body: note },
  { method: "GET", path: on("outbox"), role: "viewer" },
  { method: "GET", path: on("outbox/:id"), role: "viewer" },
]

/** The call that this is, or undefined. */
export const findCall = (method: string, path: string): AlertingCall | undefined =>
  CALLS.find((call) => call.method === method && call.path.test(path))
