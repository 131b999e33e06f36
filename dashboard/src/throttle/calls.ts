import { z } from "zod"
import type { Role } from "../auth/roles.ts"

/** What the browser may ask of guard, by whom, and in which form; nothing else is passed on. `action`: in the audit. */
interface GuardCall {
  method: "GET" | "POST" | "DELETE"
  path: RegExp
  role: Role
  body?: z.ZodType
  action?: string
}

const why = z.string().trim().min(1).max(200)
const version = z.string().min(1).max(32)
const uid = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const VERSION = "[0-9A-Za-z._+*-]{1,32}"
const RUN = "[0-9a-zA-Z_-]{1,64}"

const CALLS: GuardCall[] = [
  { method: "GET", path: /^throttles$/, role: "viewer" },
  {
    method: "POST",
    path: /^throttles\/\d{1,16}\/release$/,
    role: "operator",
    body: z.strictObject({}),
    action: "throttle released",
  },
  {
    method: "POST",
    path: /^dry-run$/,
    role: "operator",
    body: z.strictObject({ on: z.boolean() }),
    action: "dry run set",
  },
  { method: "GET", path: /^allow$/, role: "viewer" },
  { method: "POST", path: /^allow$/, role: "operator", body: z.strictObject({ uid, why }), action: "user allowed" },
  { method: "DELETE", path: /^allow\/\d{1,16}$/, role: "operator", action: "user no longer allowed" },
  { method: "GET", path: /^classes$/, role: "viewer" },
  {
    ...{ method: "POST", path: /^classes$/, role: "operator", action: "version throttled" },
    body: z.strictObject({ version, minutes: z.number().int().min(1).max(1_440), why }),
  },
  { method: "DELETE", path: new RegExp(`^classes/${VERSION}$`), role: "operator", action: "version released" },
  { method: "GET", path: /^features$/, role: "viewer" },
  {
    ...{ method: "POST", path: /^features$/, role: "operator", action: "feature switched off" },
    body: z.strictObject({ version, feature: z.string().min(1).max(64), why }),
  },
  {
    method: "DELETE",
    path: new RegExp(`^features/${VERSION}/[A-Za-z]{1,64}$`),
    role: "operator",
    action: "feature switched on",
  },
  { method: "GET", path: /^accesses$/, role: "viewer" },
  {
    ...{ method: "POST", path: new RegExp(`^accesses/${RUN}/drain$`), role: "operator", action: "access drained" },
    body: z.strictObject({ sec: z.number().int().min(5).max(3_600) }),
  },
  { method: "DELETE", path: new RegExp(`^accesses/${RUN}/drain$`), role: "operator", action: "access kept" },
  { method: "GET", path: /^entries$/, role: "viewer" },
]

/** The call that this is, or undefined. */
export const findGuardCall = (method: string, path: string): GuardCall | undefined =>
  CALLS.find((call) => call.method === method && call.path.test(path))
