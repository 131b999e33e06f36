import fc from "fast-check"
import { expect, test } from "vitest"
import { backOffMs, judge } from "./verdict.ts"

const reply = (status: number, code?: string, more: object = {}, retryAfterSec: number | null = null) => ({
  status,
  body: code === undefined ? null : { error: { code, message: "why", ...more } },
  retryAfterSec,
})

test.each([
  [
    "stored",
    { status: 200, body: { accepted: 1, now: 5 }, retryAfterSec: null },
    { do: "done", reply: { accepted: 1, now: 5 } },
  ],
  ["stored, by a proxy that says nothing", reply(204), { do: "done", reply: null }],
  ["unknown series", reply(409, "unknown_series"), { do: "name again", why: "409 why" }],
  ["another conflict", reply(409, "other"), { do: "wait", why: "409 why", waitMs: null }],
  ["clock ahead", reply(422, "clock_ahead", { now: 7 }), { do: "correct clock", now: 7, why: "422 why" }],
  ["clock ahead without a clock", reply(422, "clock_ahead"), { do: "drop", why: "422 why" }],
  ["bad frame", reply(400, "bad_frame"), { do: "drop", why: "400 why" }],
  ["too large", reply(413), { do: "drop", why: "413 no reason given" }],
  ["wrong key", reply(401), { do: "wait", why: "401 no reason given", waitMs: null }],
  ["busy", reply(429, "busy", {}, 2), { do: "wait", why: "429 why", waitMs: 2_000 }],
  ["busy for a week", reply(503, "busy", {}, 604_800), { do: "wait", why: "503 why", waitMs: 300_000 }],
  ["broken", reply(500), { do: "wait", why: "500 no reason given", waitMs: null }],
])("%s", (_name, given, expected) => {
  expect(judge(given)).toEqual(expected)
})

test("no reply whatsoever makes it throw", () => {
  fc.assert(
    fc.property(fc.nat(999), fc.anything(), (status, body) => {
      expect(judge({ status, body, retryAfterSec: null }).do).toBeTypeOf("string")
    }),
  )
})

test("waits grow with failures and stay within half a minute", () => {
  expect(backOffMs(0, 1)).toBe(600)
  expect(backOffMs(3, 1)).toBe(4_100)
  expect(backOffMs(1_000, 1)).toBe(30_100)
  expect(backOffMs(1_000, 0)).toBe(100)
})
