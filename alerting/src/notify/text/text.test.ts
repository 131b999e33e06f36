import type { ChannelKind, Language, MessageKind } from "@ossagent/wire"
import { expect, test } from "vitest"
import { checkTemplate } from "./check.ts"
import { FORMS, toProductText } from "./product.ts"
import { toSample } from "./sample.ts"
import { createTexts } from "./say.ts"
import { VARIABLES } from "./variables.ts"

const kinds = Object.keys(VARIABLES) as MessageKind[]
const channels = Object.keys(FORMS) as ChannelKind[]
const languages: Language[] = ["en", "zh"]
const say = createTexts({ readTemplate: async () => undefined, onFault: (why) => expect.fail(why) })

test.each(kinds)("the product's texts of %s are right on every channel, in both languages", async (message) => {
  for (const channel of channels)
    for (const language of languages) {
      const { subject, body } = toProductText(message, channel, language)
      expect(checkTemplate({ message, channel, language, subject, body })).toEqual([])
      const said = await say(toSample(message, channel, language))
      expect(said.subject).toMatch(/\S/)
      expect(said.subject).not.toMatch(/[\r\n]/)
      expect(said.text).toContain("https://ossagent.example.com/incidents/12")
      expect(said.text).not.toMatch(/undefined|null|\{\{|\{%|\n{3}/)
    }
})

test("what is wrong with a template is told with line and column, and what was meant", () => {
  const check = (body: string) => checkTemplate({ message: "firing", channel: "im", language: "en", body })
  expect(check("{{ title }} since {{ since }}")).toEqual([])
  expect(check("line one\n  {{ titel }}")).toEqual([
    { field: "body", message: "there is no titel in this message; did you mean title?", line: 2, column: 6 },
  ])
  expect(check("{{ title }}\n{% if why %}open")[0]).toMatchObject({ field: "body", line: 2, column: 1 })
  expect(check("{{ title | shout }}")[0]?.message).toContain("shout")
  expect(check("{% include 'etc/passwd' %}")[0]?.message).toContain("include")
  expect(check("{% for a in alarms %}{{ a.title }}{% endfor %}")).toEqual([])
  expect(check("{{ constructor }}")[0]?.message).toContain("there is no constructor")
  expect(check("x".repeat(30_000))[0]?.message).toContain("longer")
  expect(checkTemplate({ message: "test", channel: "im", language: "en", body: "{{ culprit }}" })).toHaveLength(1)
})

test("a template that never ends or eats memory is refused when it is saved", () => {
  const check = (body: string) => checkTemplate({ message: "firing", channel: "im", language: "en", body })
  expect(check("{% for i in (1..100000000) %}{{ i }}{% endfor %}")[0]?.message).toMatch(/limit/)
  expect(check("{% for i in (1..9000) %}{% for j in (1..9000) %}x{% endfor %}{% endfor %}")[0]?.message).toMatch(
    /limit/,
  )
})

test("a user's own template wins, and one that fails falls back to the product's", async () => {
  const faults: string[] = []
  let body = "Hey: {{ title }}"
  const own = createTexts({ readTemplate: async () => ({ body }), onFault: (why) => faults.push(why) })
  const story = toSample("firing", "im", "en")
  expect((await own(story)).text).toMatch(/^Hey: shop\/checkout: more errors than usual: version 8\.0\.2 explains 94 %/)
  body = "{{ gone }}"
  expect((await own(story)).text).toContain("[critical] #12 shop/checkout")
  expect(faults).toEqual([expect.stringContaining("gone")])
})

test("names from metrics are one line of text, and no template", async () => {
  const story = toSample("firing", "email", "en")
  const title = "{{ link }}\r\nBcc: x@y"
  const said = await say({ ...story, incident: { ...story.incident, title } as never })
  expect(said.subject).toBe("[firing] {{ link }} Bcc: x@y")
})

test("times are in the person's zone, in its summer and its winter", async () => {
  const at = Date.UTC(2026, 6, 1, 12)
  const story = { ...toSample("test", "email", "en"), timeZone: "America/New_York" }
  expect((await say({ ...story, at })).text).toContain("2026-07-01 08:00:00")
  expect((await say({ ...story, at: Date.UTC(2026, 0, 1, 12) })).text).toContain("2026-01-01 07:00:00")
  expect((await say({ ...story, timeZone: "Nowhere/At_All" })).text).toContain("UTC")
})
