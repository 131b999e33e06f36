import { expect, test } from "vitest"
import { toMail } from "./letter.ts"
import { toSample } from "./text/sample.ts"
import { createTexts } from "./text/say.ts"

const head = { from: "OssAgent <ossagent@localhost>", installation: "abc" }
const envelope = { id: "3", to: "ann@example.com", picture: Buffer.from("png") }
const say = createTexts({ readTemplate: async () => undefined, onFault: (why) => expect.fail(why) })
const firing = toSample("firing", "email", "en")
const write = async (story = firing, id = "3") => toMail(story, await say(story), { ...envelope, id }, head)

test("a mail says what, who is guilty, why, since when, what to do, who else knows, and links to the incident", async () => {
  const mail = await write()
  for (const part of [
    "41 errors/min; the same minute of the last 7 days: 3 to 6",
    "version 8.0.2 explains 94 % of the rise",
    "Since: 2026-11-25 09:29:00 UTC",
    "Expected: 3 error to 6 error",
    "What to do: https://wiki.example.com/errors",
    "Told as well: Ann (sms)",
    "https://ossagent.example.com/incidents/12",
  ])
    expect(mail.text).toContain(part)
  expect(mail.html).toContain('src="cid:chart"')
  expect(mail.html).toContain('<a href="https://ossagent.example.com/incidents/12"')
  expect(mail.attachments?.[0]).toMatchObject({ cid: "chart", contentType: "image/png" })
  expect(mail.headers).toMatchObject({ "Auto-Submitted": "auto-generated", "X-OssAgent-Incident": "12" })
})

test("names from metrics are neither markup nor headers", async () => {
  const title = "shop: <script>alert(1)</script>\r\nBcc: x@y"
  const mail = await write({ ...firing, incident: { ...firing.incident, title } as never })
  expect(mail.html).not.toContain("<script>")
  expect(mail.subject).toBe("[firing] shop: <script>alert(1)</script> Bcc: x@y")
})

test("all mails of one incident are one thread, and the same row always has the same id", async () => {
  const mail = await write()
  const resolved = await write(toSample("resolved", "email", "en"), "4")
  expect(resolved.references).toBe(mail.references)
  expect(resolved.messageId).not.toBe(mail.messageId)
  expect((await write()).messageId).toBe(mail.messageId)
  expect(resolved.subject).toMatch(/^\[resolved\] /)
  expect(resolved.text).toContain("after 60 s")
})

test("a digest counts, stays short and is no part of a thread", async () => {
  const story = toSample("digest", "email", "en")
  const mail = await write(story)
  expect(mail.subject).toBe("[digest] 37 incidents: 30 firing, 7 resolved, in 4 subsystems")
  expect(String(mail.text).split("\n")[2]).toBe("- [firing] critical: shop/checkout: more errors than usual")
  expect(mail.text).toContain("… and 36 more.")
  expect(mail.references).toBeUndefined()
})

test("a Chinese mail is Chinese, in text and page", async () => {
  const mail = await write(toSample("firing", "email", "zh"))
  expect(mail.subject).toMatch(/^【告警】/)
  expect(mail.text).toContain("级别：严重")
  expect(mail.html).toContain("<td>严重</td>")
})
