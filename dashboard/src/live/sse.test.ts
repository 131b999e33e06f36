import fc from "fast-check"
import { expect, test } from "vitest"
import { createSseParser, type SseEvent } from "./sse.ts"

function parse(chunks: readonly string[]): SseEvent[] {
  const events: SseEvent[] = []
  const push = createSseParser((event) => events.push(event))
  for (const chunk of chunks) push(chunk)
  return events
}

test("events, names and several lines of data; comments are skipped", () => {
  expect(parse([": beat\n\nevent: alarm\ndata: {}\n\ndata: a\ndata:b\n\nevent: empty\n\n"])).toEqual([
    { name: "alarm", data: "{}" },
    { name: "message", data: "a\nb" },
  ])
})

test("chunks may end anywhere", () => {
  const text = ': open\n\nevent: metric\ndata: {"id":"q1"}\n\ndata: x\r\n\r\n'
  const whole = parse([text])
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), text.length]
      const chunks = at.slice(1).map((end, i) => text.slice(at[i], end))
      expect(parse(chunks)).toEqual(whole)
    }),
  )
})
