import type { Alarm } from "@ossagent/wire"
import { expect, test } from "vitest"
import { toAlarmMail, toDigestMail } from "./mail.ts"

const head = { from: "OssAgent <ossagent@localhost>", dashboardUrl: "http://dash.test", installation: "abc" }
const alarm: Alarm = {
  id: "7",
  fingerprint: "f",
  ruleId: "1",
  ruleName: "Slow",
  detection: "threshold",
  severity: "critical",
  state: "firing",
  owner: "",
  incidentId: null,
  silencedBy: null,
  inhibitedBy: null,
  maintenanceBy: null,
  title: "shop/checkout: <script>alert(1)</script>\r\nBcc: x@y",
  why: "p99 is 612 ms, over 500 ms",
  metric: "eventloop.delay",
  stat: "p99",
  unit: "ms",
  group: { service: "shop", subsystem: "checkout" },
  value: 612,
  expected: null,
  lower: null,
  upper: 500,
  score: 0.9,
  startedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  firedAt: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  resolvedAt: Date.UTC(2026, 0, 2, 3, 5, 5),
  updatedAt: 0,
}
const news = {
  outboxId: "3",
  to: "ann@example.com",
  kind: "firing" as const,
  alarm,
  history: [],
  picture: Buffer.from("png"),
}

test("a mail says what, where, since when, and links to the alarm", () => {
  const mail = toAlarmMail(news, head)
  expect(mail.text).toContain("p99 is 612 ms, over 500 ms")
  expect(mail.text).toContain("Threshold: 500 ms")
  expect(mail.text).toContain("Since: 2026-01-02 03:04:05 UTC")
  expect(mail.text).toContain("http://dash.test/alarms/7")
  expect(mail.html).toContain('src="cid:chart"')
  expect(mail.attachments?.[0]).toMatchObject({ cid: "chart", contentType: "image/png" })
  expect(mail.headers).toMatchObject({ "Auto-Submitted": "auto-generated" })
})

test("names from metrics are neither markup nor headers", () => {
  const mail = toAlarmMail(news, head)
  expect(mail.html).not.toContain("<script>")
  expect(mail.subject).toBe("[firing] shop/checkout: <script>alert(1)</script> Bcc: x@y")
})

test("all mails of one alarm are one thread, and the same row always has the same id", () => {
  const firing = toAlarmMail(news, head)
  const resolved = toAlarmMail({ ...news, outboxId: "4", kind: "resolved" }, head)
  expect(resolved.references).toBe(firing.references)
  expect(resolved.messageId).not.toBe(firing.messageId)
  expect(toAlarmMail(news, head).messageId).toBe(firing.messageId)
  expect(resolved.subject).toMatch(/^\[resolved\] /)
  expect(resolved.text).toContain("after 60 s")
})

test("a digest counts, puts the worst first and stays short", () => {
  const items = Array.from({ length: 120 }, (_, i) => {
    const severity = i === 100 ? ("critical" as const) : ("warning" as const)
    return { kind: "firing" as const, alarm: { ...alarm, id: String(i), severity, title: `alarm ${i}` } }
  })
  const mail = toDigestMail({ outboxId: "9", to: "ann@example.com", items }, head)
  expect(mail.subject).toBe("[digest] 120 alarms: 120 firing, 0 resolved, in 1 subsystem")
  expect(String(mail.text).split("\n")[2]).toBe("[firing] critical: alarm 100")
  expect(mail.text).toContain("… and 70 more.")
})
