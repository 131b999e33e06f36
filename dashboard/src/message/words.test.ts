import type { Message } from "@ossagent/wire"
import { expect, test } from "vitest"
import { describeReceiver, isOver } from "./words.ts"

const message = (part: Partial<Message>): Message =>
  ({ contactName: null, channel: "email", channelName: "email", to: "", ...part }) as Message

test("who gets a message reads as words", () => {
  expect(describeReceiver(message({ contactName: "Ann", channel: "sms", to: "+491" }))).toBe("Ann by SMS to +491")
  expect(describeReceiver(message({ contactName: "a@b.c", to: "a@b.c" }))).toBe("a@b.c by e-mail")
  expect(describeReceiver(message({ channel: "webhook", channelName: "Ops" }))).toBe("Ops (webhook)")
  expect(describeReceiver(message({ channel: "webhook", channelName: "Ops", to: "ops.example" }))).toBe(
    "Ops (webhook) to ops.example",
  )
})

test("a message that waits or is tried again is not over", () => {
  for (const state of ["waiting", "queued", "held", "sending"] as const) expect(isOver(state)).toBe(false)
  for (const state of ["sent", "delivered", "failed", "skipped", "merged"] as const) expect(isOver(state)).toBe(true)
})
