import type { AuditEntry } from "@ossagent/wire"
import { afterAll, beforeAll, expect, it } from "vitest"
import { adminOf } from "../browser.ts"
import { type Product, startProduct } from "../stack.ts"
import { enter, type Visitor, visit } from "../visitor.ts"

/** Who may do what at the dashboard's doors, without a browser in between to be polite. */
let product: Product
let admin: Visitor
let operator: Visitor
let viewer: Visitor
const PEOPLE = ["operator", "viewer"].map((role) => ({
  name: role,
  role,
  email: `${role}@example.test`,
  password: `${role}-password`,
}))

beforeAll(async () => {
  product = await startProduct()
  admin = await enter(product, adminOf(product))
  for (const person of PEOPLE) expect((await admin.send("POST", "/api/users", person)).status).toBe(200)
  ;[operator, viewer] = (await Promise.all(PEOPLE.map((one) => enter(product, one)))) as [Visitor, Visitor]
})
afterAll(async () => {
  await product?.stop()
})

const silence = () => ({
  matchers: [{ dim: "service", op: "in", values: ["nothing"] }],
  until: Date.now() + 60_000,
  reason: "planned work",
})
const rule = {
  name: "too few",
  enabled: false,
  severity: "info",
  detection: "threshold",
  metric: "order.paid",
  stat: "rate",
  filters: [],
  split: [],
  windowSec: 60,
  forSec: 0,
  keepFiringSec: 0,
  threshold: { op: "<", value: 1 },
}
/** Every call that changes something, and the role it takes. */
const CHANGES: [role: "operator" | "admin", method: string, path: string, body: () => unknown][] = [
  ["operator", "POST", "/api/alerting/alarms/1/acknowledge", () => ({})],
  ["operator", "POST", "/api/alerting/alarms/1/resolve", () => ({})],
  ["operator", "POST", "/api/alerting/silences", silence],
  ["operator", "DELETE", "/api/alerting/silences/1", () => undefined],
  ["operator", "POST", "/api/alerting/rules", () => rule],
  ["operator", "PUT", "/api/alerting/rules/absence", () => rule],
  ["operator", "DELETE", "/api/alerting/rules/absence", () => undefined],
  ["operator", "POST", "/api/alerting/incidents/1/acknowledge", () => ({})],
  ["operator", "POST", "/api/alerting/incidents/1/notes", () => ({ note: "seen" })],
  ["operator", "POST", "/api/alerting/incidents/1/feedback", () => ({ verdict: "noise" })],
  ["operator", "POST", "/api/alerting/oncall/channel", () => ({ name: "nowhere" })],
  ["operator", "PUT", "/api/alerting/oncall/route/1", () => ({ name: "nowhere" })],
  ["operator", "DELETE", "/api/alerting/oncall/contact/999", () => undefined],
  ["operator", "POST", "/api/alerting/oncall/channel/999/test", () => ({})],
  ["operator", "POST", "/api/alerting/releases", () => ({ module: "nowhere", version: "1" })],
  ["operator", "POST", "/api/alerting/releases/999/abort", () => ({})],
  ["operator", "POST", "/api/guard/throttles/999/release", () => ({})],
  ["operator", "POST", "/api/guard/dry-run", () => ({ on: false })],
  ["operator", "POST", "/api/guard/allow", () => ({ uid: 1, why: "a test" })],
  ["operator", "DELETE", "/api/guard/allow/1", () => undefined],
  ["operator", "POST", "/api/guard/classes", () => ({ version: "0.0.1", minutes: 1, why: "a test" })],
  ["operator", "DELETE", "/api/guard/classes/0.0.1", () => undefined],
  ["operator", "POST", "/api/guard/features", () => ({ version: "0.0.1", feature: "history", why: "a test" })],
  ["operator", "DELETE", "/api/guard/features/0.0.1/history", () => undefined],
  ["operator", "POST", "/api/guard/accesses/nobody/drain", () => ({ sec: 10 })],
  ["operator", "DELETE", "/api/guard/accesses/nobody/drain", () => undefined],
  ["admin", "POST", "/api/users", () => ({ ...PEOPLE[0], email: "new@example.test" })],
  ["admin", "PUT", "/api/users/1", () => ({ role: "admin" })],
]
const READS: [role: "viewer" | "admin", method: string, path: string, body?: unknown][] = [
  ["viewer", "GET", "/api/places"],
  ["viewer", "POST", "/api/report/catalog", {}],
  ["viewer", "POST", "/api/live", { questions: [] }],
  ["viewer", "GET", "/api/alerting/alarms"],
  ["viewer", "GET", "/api/alerting/outbox"],
  ["viewer", "GET", "/api/alerting/oncall/channel"],
  ["viewer", "GET", "/api/alerting/messages"],
  ["viewer", "GET", "/api/alerting/releases"],
  ["viewer", "GET", "/api/alerting/releases/marks?from=0&to=1"],
  ["viewer", "GET", "/api/alerting/logic"],
  ["viewer", "GET", "/api/guard/throttles"],
  ["viewer", "GET", "/api/guard/accesses"],
  ["admin", "GET", "/api/users"],
  ["admin", "GET", "/api/audit"],
]

it("without a session every call is refused, and every page leads to the log-in", async () => {
  const stranger = visit(product)
  for (const [, method, path, body] of CHANGES)
    expect([path, (await stranger.send(method, path, body())).status]).toEqual([path, 401])
  for (const [, method, path, body] of READS)
    expect([path, (await stranger.send(method, path, body)).status]).toEqual([path, 401])
  const page = await stranger.send("GET", "/alarms")
  expect([page.status, page.headers.get("location")]).toEqual([307, "/login?next=%2Falarms"])
  expect((await visit(product, "ossagent.session_token=made.up").send("GET", "/api/places")).status).toBe(401)
})

it.each(CHANGES)("a viewer may not: this takes %s: %s %s", async (role, method, path, body) => {
  const said = await viewer.send(method, path, body())
  expect([said.status, said.why]).toEqual([403, `cannot do this as viewer: it takes the role ${role}`])
})

it("an operator may act on alarms and not on people", async () => {
  for (const [role, method, path, body] of CHANGES) {
    const { status } = await operator.send(method, path, body())
    if (role === "admin") expect([path, status]).toEqual([path, 403])
    else expect([path, status]).not.toEqual([path, 403])
  }
  for (const [role, method, path, body] of READS.filter(([one]) => one === "admin"))
    expect([role, path, (await operator.send(method, path, body)).status]).toEqual([role, path, 403])
})

it("a change that another site makes the browser send is refused", async () => {
  for (const origin of ["https://evil.example", ""]) {
    for (const [, method, path, body] of CHANGES)
      expect([path, (await admin.send(method, path, body(), { origin })).status]).toEqual([path, 403])
    expect((await visit(product).send("POST", "/api/auth/sign-in/email", adminOf(product), { origin })).status).toBe(
      403,
    )
  }
})

it.each([
  ["POST", "/api/alerting/silences", { ...silence(), matchers: [] }, "at matchers"],
  ["POST", "/api/alerting/silences", { ...silence(), reason: " " }, "at reason"],
  ["POST", "/api/alerting/rules", { ...rule, windowSec: "long" }, "body.windowSec"],
  ["POST", "/api/alerting/rules", { ...rule, threshold: undefined }, "threshold"],
  ["POST", "/api/users", { ...PEOPLE[0], email: "nobody" }, "at email"],
  ["POST", "/api/users", { ...PEOPLE[0], password: "short" }, "at password"],
  ["POST", "/api/report/range", { metric: "a", from: 0, to: 1, stats: ["median"] }, "at stats.0"],
  ["POST", "/api/report/catalog", "{", "it is not JSON"],
])("a bad body is refused and the answer says what and where: %s %s", async (method, path, body, where) => {
  const said = await admin.send(method, path, body)
  expect([said.status, said.why]).toEqual([400, expect.stringContaining(where)])
})

it("what is too large or not there is said so", async () => {
  expect((await admin.send("POST", "/api/report/catalog", `"${"x".repeat(70_000)}"`)).status).toBe(413)
  expect((await admin.send("POST", "/api/report/nothing", {})).status).toBe(404)
  expect((await admin.send("POST", "/api/alerting/alarms", {})).status).toBe(404)
  expect((await admin.send("GET", "/no/such/page")).status).toBe(404)
})

it("the session is in a cookie that no script reads, and no token is in any answer or page", async () => {
  const said = await visit(product).send("POST", "/api/auth/sign-in/email", adminOf(product))
  const cookies = said.headers.getSetCookie()
  expect(said.text).toBe('{"ok":true}')
  for (const cookie of cookies) expect(cookie).toMatch(/HttpOnly.*SameSite=Lax/i)
  const { readToken, alertingToken, ingestKey } = product.secrets
  const token = cookies[0]?.split(/[=;.]/)[2] ?? "none"
  for (const path of ["/", "/start", "/account", "/alarms"]) {
    const page = await admin.send("GET", path)
    for (const secret of [readToken, alertingToken, token]) expect([path, page.text]).not.toContain(secret)
  }
  expect((await viewer.send("GET", "/start")).text).not.toContain(ingestKey)
  expect((await operator.send("GET", "/start")).text).toContain(ingestKey)
})

it("every answer carries the headers that keep other sites and scripts out", async () => {
  for (const path of ["/login", "/api/places", "/no/such/page"]) {
    const { headers } = await visit(product).send("GET", path)
    const policy = headers.get("content-security-policy") ?? ""
    for (const part of ["default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"])
      expect(policy).toContain(part)
    expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic';/)
    expect(headers.get("x-content-type-options")).toBe("nosniff")
    expect(headers.get("x-frame-options")).toBe("DENY")
    expect(headers.get("referrer-policy")).toBe("same-origin")
    expect(headers.get("x-powered-by")).toBeNull()
  }
})

it("who changed what stands in the audit, and a disabled user is out at once", async () => {
  const { users } = JSON.parse((await admin.send("GET", "/api/users")).text) as {
    users: { id: string; email: string }[]
  }
  const id = users.find(({ email }) => email === "viewer@example.test")?.id
  expect((await viewer.send("GET", "/api/places")).status).toBe(200)
  expect((await admin.send("PUT", `/api/users/${id}`, { disabled: true })).status).toBe(200)
  expect((await viewer.send("GET", "/api/places")).status).toBe(401)
  const { entries } = JSON.parse((await admin.send("GET", "/api/audit")).text) as { entries: AuditEntry[] }
  const lines = entries.map(({ actor, action, detail }) => `${actor}: ${action}: ${detail}`)
  const { email } = adminOf(product)
  expect(lines).toEqual(
    expect.arrayContaining([
      `${email}: user added: viewer@example.test as viewer`,
      `${email}: user changed: viewer@example.test: disabled`,
      "operator@example.test: log-in: done",
      expect.stringMatching(/^operator@example\.test: silence created: .*planned work/),
    ]),
  )
})

it("after some tries at a password the door stays shut for a while, for the right one too", async () => {
  const stranger = visit(product)
  const tries: number[] = []
  for (let i = 0; i < 12; i++) {
    const { status } = await stranger.send("POST", "/api/auth/sign-in/email", {
      ...adminOf(product),
      password: `no-${i}`,
    })
    tries.push(status)
  }
  expect(tries[0]).toBe(401)
  expect(tries.at(-1)).toBe(429)
  expect((await stranger.send("POST", "/api/auth/sign-in/email", adminOf(product))).status).toBe(429)
})
